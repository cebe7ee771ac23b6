package acceptance_test

import (
	"crypto/ed25519"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// keyKit is a kit with a key instead of a certificate, sealed by a site.
func keyKit(t *testing.T, registry *frameworks.Registry, by *kittest.Sealer) *kit.Kit {
	t.Helper()
	key := ed25519.NewKeyFromSeed([]byte(strings.Repeat("k", ed25519.SeedSize)))
	content, err := toy.Write(toy.Spec{Federation: "play", Participant: "site-1", Org: "a", Role: toy.RoleLeaf, Host: "hub", Key: key})
	require.NoError(t, err)
	k, err := registry.Read(content)
	require.NoError(t, err)
	k.Local = nil // as in a Secret
	if by != nil {
		k.Seal, err = k.MakeSeal(kit.SealOptions{Now: today, ValidFor: 1000 * time.Hour, Serial: 1, Key: by.Key, Certificate: by.Certificate})
		require.NoError(t, err)
	}
	return k
}

// For a kit without certificates, a key in the policy takes the place of a root.
func TestKitsWithoutCertificates(t *testing.T) {
	registry, err := frameworks.NewRegistry(toy.Framework{}, nvflare.Framework{})
	require.NoError(t, err)
	site, unknown := kittest.NewSealer(t, "it"), kittest.NewSealer(t, "unknown")
	for _, tt := range []struct {
		name, failed string
		kit          *kit.Kit
		change       func(*kit.Kit, *v1alpha1.SitePolicySpec)
	}{
		{"sealed", "", keyKit(t, registry, site), nil},
		{"unsealed", acceptance.CheckSeal, keyKit(t, registry, nil), nil},
		{"unsealed, native allowed", acceptance.CheckSeal, keyKit(t, registry, nil), func(_ *kit.Kit, s *v1alpha1.SitePolicySpec) { s.Kits.Signature = v1alpha1.SignatureSealOrNative }},
		{"by an unknown sealer", acceptance.CheckSeal, keyKit(t, registry, unknown), nil},
		{"with a project's certificate", acceptance.CheckSeal, keyKit(t, registry, site), func(k *kit.Kit, _ *v1alpha1.SitePolicySpec) { k.Seal.Certificate = []byte("x") }},
		{"another key", acceptance.CheckSealIdentity, keyKit(t, registry, site), func(k *kit.Kit, _ *v1alpha1.SitePolicySpec) { k.KeyFingerprint = strings.Repeat("0", 64) }},
		{"revoked", acceptance.CheckRevoked, keyKit(t, registry, site), func(k *kit.Kit, s *v1alpha1.SitePolicySpec) { s.Kits.Revoked.Keys = []string{k.KeyFingerprint} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			spec := policy(t, nil, site)
			if tt.change != nil {
				tt.change(tt.kit, spec)
			}
			rules, errs := acceptance.Compile(registry, spec)
			require.Empty(t, errs)
			_, all := acceptance.Accept(tt.kit, rules, today)
			if tt.failed == "" {
				assert.True(t, all.Passed(), "%+v", all)
				return
			}
			assert.Equal(t, tt.failed, all.With(kit.StatusFail)[len(all.With(kit.StatusFail))-1].ID, "%+v", all.With(kit.StatusFail))
		})
	}
	_, err = keyKit(t, registry, nil).MakeSeal(kit.SealOptions{Now: today, ValidFor: time.Hour, Key: site.Key, Certificate: []byte("x")})
	assert.ErrorContains(t, err, "a project cannot seal a kit without certificates")
}

// Only a policy can pin a kit without certificates.
func TestKeysWithoutAPolicy(t *testing.T) {
	registry, err := frameworks.NewRegistry(toy.Framework{})
	require.NoError(t, err)
	k := keyKit(t, registry, nil)
	open, err := acceptance.Pinned(registry, "")
	require.NoError(t, err)
	_, all := acceptance.Accept(k, open, today)
	assert.True(t, all.Passed())
	assert.Contains(t, findings(all, acceptance.CheckRootPinned)[0].Message, "anyone may have made this kit")
	assert.Contains(t, findings(all, acceptance.CheckDates)[0].Message, "neither certificates nor a seal")

	root, err := open.Pin(strings.Repeat("0", 64))
	require.NoError(t, err)
	_, all = acceptance.Accept(k, root, today)
	assert.Equal(t, acceptance.CheckRootPinned, only(t, all, kit.StatusFail).ID)

	k.Framework = "flower"
	_, all = acceptance.Accept(k, open, today)
	assert.Equal(t, acceptance.CheckFramework, only(t, all, kit.StatusFail).ID)
}
