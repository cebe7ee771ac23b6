package acceptance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Serial numbers and fingerprints may be given in any usual form.
func TestSpellings(t *testing.T) {
	fed := newFederation(t)
	k := fed.Client("site-1", "a").Seal(t, fed.Sealer("release")).Read()
	serial, key := pki.Serial(k.Certificate), k.KeyFingerprint
	pairs := func(digits string) string {
		var out []string
		for i := 0; i < len(digits); i += 2 {
			out = append(out, digits[i:min(i+2, len(digits))])
		}
		return strings.ToUpper(strings.Join(out, ":"))
	}
	for name, revoked := range map[string]v1alpha1.Revoked{
		"serial":                {CertificateSerials: []string{serial}},
		"serial, upper case":    {CertificateSerials: []string{strings.ToUpper(serial)}},
		"serial, leading zeros": {CertificateSerials: []string{"1", "00" + serial}},
		"serial, 0x":            {CertificateSerials: []string{"0x" + serial}},
		"serial, colons":        {CertificateSerials: []string{pairs(strings.Repeat("0", len(serial)%2) + serial)}},
		"key":                   {Keys: []string{key}},
		"key, upper case":       {Keys: []string{strings.ToUpper(key)}},
		"key, openssl":          {Keys: []string{"SHA256 Fingerprint=" + pairs(key)}},
		"kit":                   {Kits: []string{"sha256:" + k.Digest()}},
	} {
		t.Run(name, func(t *testing.T) {
			spec := policy(t, fed)
			spec.Kits.TrustRoots[0].SHA256 = pairs(spec.Kits.TrustRoots[0].SHA256)
			spec.Kits.Revoked = revoked
			verified, all := evaluated(t, k, spec)
			finding := only(t, all, kit.StatusFail)
			assert.Equal(t, acceptance.CheckRevoked, finding.ID)
			assert.Equal(t, kit.AtCreate, finding.Scope)
			_, err := verified.Kit()
			require.NoError(t, err, "running pods may finish")
			assert.Equal(t, verified.Terms().At(today).With(kit.StatusFail), verified.Terms().Failed(today))
		})
	}
}

// A revocation that cannot be parsed would revoke nothing.
func TestCompileRejects(t *testing.T) {
	for field, change := range map[string]func(*v1alpha1.KitRules){
		"spec.kits.trustRoots[0].sha256":          func(k *v1alpha1.KitRules) { k.TrustRoots = []v1alpha1.TrustRoot{{SHA256: "x"}} },
		"spec.kits.sealers[0].publicKey":          func(k *v1alpha1.KitRules) { k.Sealers = []v1alpha1.Sealer{{PublicKey: "x"}} },
		"spec.kits.revoked.certificateSerials[1]": func(k *v1alpha1.KitRules) { k.Revoked.CertificateSerials = []string{"1", "xyz"} },
		"spec.kits.revoked.keys[0]":               func(k *v1alpha1.KitRules) { k.Revoked.Keys = []string{"12"} },
		"spec.kits.revoked.kits[0]":               func(k *v1alpha1.KitRules) { k.Revoked.Kits = []string{""} },
	} {
		spec := &v1alpha1.SitePolicySpec{}
		change(&spec.Kits)
		rules, errs := acceptance.Compile(registry, spec)
		assert.Nil(t, rules)
		assert.ErrorContains(t, errs.ToAggregate(), field)
	}
}

// The zero value, which is not verified, cannot be used.
func TestTheZeroValue(t *testing.T) {
	var v acceptance.Verified
	_, err := v.Kit()
	require.EqualError(t, err, "the kit was not verified")
	assert.Nil(t, v.Seal())
	assert.Len(t, v.Terms().Failed(today), 1)
	assert.True(t, v.Terms().Until().IsZero())
}
