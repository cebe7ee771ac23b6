// Package frameworkstest is the conformance suite of frameworks. It tests that kits can be
// read, sealed, delivered and accepted. The tests of each framework call Run with kits of
// all its roles.
package frameworkstest

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"slices"
	"strings"
	"testing"
	"time"
	"unicode/utf8"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Sample is a kit that is valid at Now, with the expected result of reading it.
type Sample struct {
	Content                      *kit.Content
	Now                          time.Time
	Participant, Federation, Org string
	Role                         kit.Role
}

// Run runs the suite. others are frameworks that must not recognise the kits.
func Run(t *testing.T, f frameworks.Framework, samples []Sample, others ...frameworks.Framework) {
	t.Helper()
	registry, err := frameworks.NewRegistry(append([]frameworks.Framework{f}, others...)...)
	require.NoError(t, err)
	s := &suite{framework: f, registry: registry}
	t.Run("roles", func(t *testing.T) { s.roles(t, samples) })
	if keeper, ok := f.(frameworks.RootKeeper); ok {
		t.Run("root", func(t *testing.T) { root(t, keeper) })
	}
	for _, sample := range samples {
		t.Run(string(sample.Role)+" "+sample.Participant, func(t *testing.T) {
			t.Run("recognised", func(t *testing.T) { s.recognised(t, sample, others) })
			t.Run("read", func(t *testing.T) { s.read(t, sample) })
			t.Run("mutated", func(t *testing.T) { s.mutated(t, sample) })
			t.Run("accepted", func(t *testing.T) { s.accepted(t, sample) })
			t.Run("delivered", func(t *testing.T) { s.delivered(t, sample) })
			t.Run("settings", func(t *testing.T) { s.settings(t, sample) })
			t.Run("changed", func(t *testing.T) { s.changed(t, sample) })
		})
	}
}

type suite struct {
	framework frameworks.Framework
	registry  *frameworks.Registry
}

// roles requires a sample of every role of the framework.
func (s *suite) roles(t *testing.T, samples []Sample) {
	t.Helper()
	var got []kit.Role
	for _, sample := range samples {
		got = append(got, sample.Role)
	}
	for _, role := range s.framework.Roles() {
		assert.Contains(t, got, role, "a sample of each role")
	}
}

// recognised requires that only the framework recognises the kit, by one of its marks.
func (s *suite) recognised(t *testing.T, sample Sample, others []frameworks.Framework) {
	t.Helper()
	assert.True(t, s.framework.Recognise(sample.Content.Startup))
	for _, other := range others {
		assert.False(t, other.Recognise(sample.Content.Startup), "%s takes the kit too", other.Name())
	}
	unmarked := slices.DeleteFunc(slices.Clone(sample.Content.Startup), func(f kit.File) bool {
		return slices.Contains(s.framework.Marks(), f.Name)
	})
	assert.Less(t, len(unmarked), len(sample.Content.Startup), "no file of the kit is a mark")
	assert.False(t, s.framework.Recognise(unmarked), "recognised without a mark")
	content, err := kit.NewContent(unmarked, nil)
	require.NoError(t, err)
	_, err = s.registry.Read(content)
	assert.ErrorContains(t, err, s.framework.Title(), "the error says what was looked for")
}

// read requires that every field of the identity is set and printable, and that reading
// the kit again has the same result.
func (s *suite) read(t *testing.T, sample Sample) {
	t.Helper()
	k, again := s.mustRead(t, sample.Content), s.mustRead(t, sample.Content)
	assert.Equal(t, s.framework.Name(), k.Framework)
	assert.Equal(t, sample.Participant, k.Participant)
	assert.Equal(t, sample.Federation, k.Federation)
	assert.Equal(t, sample.Org, k.Org)
	assert.Equal(t, sample.Role, k.Role)
	assert.Len(t, k.KeyFingerprint, 64)
	assert.NotEmpty(t, k.Server.Host)
	assert.Positive(t, k.Server.Port)
	assert.True(t, k.Family != "" || k.Version != "", "neither family nor version")
	assert.Equal(t, k.Digest(), again.Digest())
	assert.Equal(t, sample.Content.Startup.Digest(), k.Digest(), "reading changes nothing")
	for _, a := range k.Attributes {
		assert.True(t, a.Name != "" && kit.Printable(a.Name) && kit.Printable(a.Value), "%+v", a)
	}
	for _, port := range k.Ports {
		assert.NotEmpty(t, port.Name)
		assert.Positive(t, port.Number)
	}
	require.NotEmpty(t, k.PublicFiles(), "no file says in public whose kit it is")
	for _, f := range k.PublicFiles() {
		assert.NotContains(t, string(f.Data), "PRIVATE KEY", f.Name)
	}
}

func (s *suite) mustRead(t *testing.T, content *kit.Content) *kit.Kit {
	t.Helper()
	k, err := s.registry.Read(content)
	require.NoError(t, err)
	return k
}

// accepted requires that a kit with a site's seal is accepted, and that findings are text.
func (s *suite) accepted(t *testing.T, sample Sample) {
	t.Helper()
	k, spec := s.sealed(t, sample)
	rules, errs := acceptance.Compile(s.registry, spec)
	require.Empty(t, errs)
	verified, findings := acceptance.Accept(k, rules, sample.Now)
	assert.True(t, findings.Passed(), "%+v", findings.With(kit.StatusFail))
	got, err := verified.Kit()
	require.NoError(t, err)
	assert.Equal(t, k.Digest(), got.Digest())
	checkFindings(t, findings)
	assert.False(t, verified.Terms().At(sample.Now.AddDate(100, 0, 0)).Passed(), "nothing is valid for ever")
}

// checkFindings requires an ID, a scope, one line of text, and a fix for a finding that
// has not passed.
func checkFindings(t *testing.T, findings kit.Findings) {
	t.Helper()
	for _, f := range findings {
		assert.True(t, f.ID != "" && f.Scope != "" && f.Message != "", "%+v", f)
		assert.True(t, utf8.ValidString(f.Message) && !strings.ContainsAny(f.Message, "\n\r\x1b"), "%q", f.Message)
		assert.Equal(t, f.Status != kit.StatusPass, f.Fix != "", "%+v", f)
	}
}

// sealed is the kit with the seals of a site, and the policy of the site.
func (s *suite) sealed(t *testing.T, sample Sample) (*kit.Kit, *v1alpha1.SitePolicySpec) {
	t.Helper()
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	require.NoError(t, err)
	k := s.mustRead(t, sample.Content)
	options := kit.SealOptions{Now: sample.Now, ValidFor: 24 * time.Hour, Serial: 1, Key: key}
	k.Seal, err = k.MakeSeal(options)
	require.NoError(t, err)
	k.LocalSeal, err = k.MakeLocalSeal(options)
	require.NoError(t, err)
	public, err := pki.EncodePublicKey(&key.PublicKey)
	require.NoError(t, err)
	spec := &v1alpha1.SitePolicySpec{Participants: []string{sample.Participant}}
	spec.Kits.Sealers = []v1alpha1.Sealer{{Name: "site", PublicKey: string(public)}}
	spec.Kits.Claims = []string{place.ClaimName}
	if k.Root != nil {
		spec.Kits.TrustRoots = []v1alpha1.TrustRoot{{Name: "root", SHA256: pki.Fingerprint(k.Root)}}
	}
	return k, spec
}
