package acceptance_test

import (
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

var (
	issued   = time.Date(2026, 3, 1, 12, 0, 0, 0, time.UTC)
	today    = issued.AddDate(0, 1, 0)
	registry = frameworks.Default()
)

func newFederation(t *testing.T, options ...kittest.Option) *kittest.Federation {
	t.Helper()
	dates := kittest.WithDates(issued, issued.Add(kittest.Validity))
	return kittest.NewFederation(t, "demo", append([]kittest.Option{dates}, options...)...)
}

// verifyOptions are a time and the root to which the kit must belong.
type verifyOptions struct {
	Now             time.Time
	RootFingerprint string
}

// pinned are options with the federation's root.
func pinned(fed *kittest.Federation) verifyOptions {
	return verifyOptions{Now: today, RootFingerprint: pki.Fingerprint(fed.Root)}
}

// verify evaluates a kit without a policy.
func verify(t *testing.T, k *kit.Kit, o verifyOptions) kit.Findings {
	t.Helper()
	rules, err := acceptance.Pinned(registry, o.RootFingerprint)
	require.NoError(t, err)
	verified, found := acceptance.Accept(k, rules, o.Now)
	_, err = verified.Kit()
	assert.Equal(t, found.In(kit.Always).Passed(), err == nil, "only what failed always makes no Verified")
	return found
}

// policy is the policy of a site that pins the federation's root.
func policy(t *testing.T, fed *kittest.Federation, sealers ...*kittest.Sealer) *v1alpha1.SitePolicySpec {
	t.Helper()
	spec := &v1alpha1.SitePolicySpec{Participants: []string{"server1", "site-1", "site-2", "Site_2", "lead@a.org"}}
	if fed != nil {
		spec.Kits.TrustRoots = []v1alpha1.TrustRoot{{Name: "demo", SHA256: pki.Fingerprint(fed.Root)}}
	}
	for _, s := range sealers {
		spec.Kits.Sealers = append(spec.Kits.Sealers, v1alpha1.Sealer{Name: s.Name, PublicKey: s.PublicKey(t)})
	}
	return spec
}

func compiled(t *testing.T, spec *v1alpha1.SitePolicySpec) *acceptance.Rules {
	t.Helper()
	rules, errs := acceptance.Compile(registry, spec)
	require.Empty(t, errs)
	return rules
}

// evaluated evaluates startup/ of a kit with a policy, today.
func evaluated(t *testing.T, k *kit.Kit, spec *v1alpha1.SitePolicySpec) (acceptance.Verified, kit.Findings) {
	t.Helper()
	return acceptance.Accept(startup(k), compiled(t, spec), today)
}

// startup is a kit without local/, as it is in a Secret.
func startup(k *kit.Kit) *kit.Kit {
	one := *k
	one.Local = nil
	return &one
}

func report(t *testing.T, k *kit.Kit, spec *v1alpha1.SitePolicySpec) kit.Findings {
	t.Helper()
	_, found := evaluated(t, k, spec)
	return found
}

func findings(all kit.Findings, id string) kit.Findings {
	var out kit.Findings
	for _, f := range all {
		if f.ID == id {
			out = append(out, f)
		}
	}
	return out
}

// only returns the one finding with this status.
func only(t *testing.T, all kit.Findings, status kit.Status) kit.Finding {
	t.Helper()
	found := all.With(status)
	require.Len(t, found, 1, "%+v", found)
	return found[0]
}

func copyFS(m fstest.MapFS) fstest.MapFS {
	out := fstest.MapFS{}
	for name, file := range m {
		out[name] = &fstest.MapFile{Data: append([]byte{}, file.Data...), Mode: file.Mode}
	}
	return out
}

// fieldError requires an error of the type for malformed kits.
func fieldError(t *testing.T, err error) {
	t.Helper()
	var field *kit.FieldError
	require.ErrorAs(t, err, &field)
	assert.NotEmpty(t, field.Fix)
}
