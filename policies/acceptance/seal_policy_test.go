package acceptance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

func TestVerifySealsAgainstThePolicy(t *testing.T) {
	fed := newFederation(t)
	project := fed.Sealer("release")
	k := fed.Client("site-1", "a").Seal(t, project).Read()
	certificate, err := pki.ParseCertificate(project.Certificate)
	require.NoError(t, err)
	for _, tt := range []struct {
		name, id, text string
		change         func(*v1alpha1.SitePolicySpec)
	}{
		{"another root", "root-pinned", "which is not in kits.trustRoots of the policy", func(s *v1alpha1.SitePolicySpec) { s.Kits.TrustRoots[0].SHA256 = strings.Repeat("0", 64) }},
		{"no root", "root-pinned", "which is not in kits.trustRoots", func(s *v1alpha1.SitePolicySpec) { s.Kits.TrustRoots = nil }},
		{"serial", "serial", `the serial is 1, but kits.minimumSerial of the policy for "site-1" is 2`, func(s *v1alpha1.SitePolicySpec) { s.Kits.MinimumSerial = map[string]int64{"site-1": 2} }},
		{"certificate", "revoked", `the certificate of "site-1" is revoked`, func(s *v1alpha1.SitePolicySpec) {
			s.Kits.Revoked.CertificateSerials = []string{"1", "00:" + strings.ToUpper(k.Certificate.SerialNumber.Text(16))}
		}},
		{"sealing certificate", "revoked", `the certificate of "release" is revoked`, func(s *v1alpha1.SitePolicySpec) {
			s.Kits.Revoked.CertificateSerials = []string{certificate.SerialNumber.Text(16)}
		}},
		{"key", "revoked", `the key of "site-1" is revoked`, func(s *v1alpha1.SitePolicySpec) {
			s.Kits.Revoked.Keys = []string{pki.KeyFingerprint(k.Certificate.PublicKey)}
		}},
		{"sealing key", "revoked", `"release" is revoked`, func(s *v1alpha1.SitePolicySpec) {
			s.Kits.Revoked.Keys = []string{pki.KeyFingerprint(&project.Key.PublicKey)}
		}},
		{"participant", "listed", `"site-1" is not in spec.participants of the policy (site-2)`, func(s *v1alpha1.SitePolicySpec) { s.Participants = []string{"site-2"} }},
		{"kit", "revoked", "the kit is revoked", func(s *v1alpha1.SitePolicySpec) { s.Kits.Revoked.Kits = []string{k.Digest()} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			trust := policy(t, fed)
			tt.change(trust)
			finding := only(t, report(t, k, trust), kit.StatusFail)
			assert.Equal(t, tt.id, finding.ID)
			assert.Contains(t, finding.Message, tt.text)
		})
	}

	trust := policy(t, fed)
	trust.Kits.MinimumSerial, trust.Participants = map[string]int64{"site-1": 1}, []string{"site-1"}
	verified, all := evaluated(t, k, trust)
	assert.True(t, all.Passed())
	assert.Equal(t, pki.KeyFingerprint(&project.Key.PublicKey), verified.Seal().KeyFingerprint)
	assert.True(t, certificate.Equal(verified.Seal().Certificate))
}

// SealOrNative accepts kits that 2.7 signed, with a warning.
func TestVerifyNativeSignatures(t *testing.T) {
	fed27, fed28 := newFederation(t, kittest.WithFamily(nvflare.Family27)), newFederation(t)
	trust27, trust28 := policy(t, fed27), policy(t, fed28)
	trust27.Kits.Signature, trust28.Kits.Signature = v1alpha1.SignatureSealOrNative, v1alpha1.SignatureSealOrNative

	signed := fed27.Client("site-1", "a")
	verified, all := evaluated(t, signed.Read(), trust27)
	assert.True(t, all.Passed())
	assert.Contains(t, findings(all, "seal")[0].Message, "does not reveal missing files or an outdated kit")
	assert.Nil(t, verified.Seal())

	trust27.Kits.MinimumSerial = map[string]int64{"site-1": 1}
	assert.Equal(t, "serial", only(t, report(t, signed.Read(), trust27), kit.StatusFail).ID, "a signature has no serial")

	unsigned := fed28.Client("site-1", "a")
	assert.Contains(t, only(t, report(t, unsigned.Read(), trust28), kit.StatusFail).Message, "neither a seal nor a valid signature")
}

// Without a policy, a kit that differs from its seal fails too.
func TestVerifySealsWithoutAPolicy(t *testing.T) {
	fed := newFederation(t)
	k := fed.Client("site-1", "a").Seal(t, fed.Sealer("release"))
	all := verify(t, startup(k.Read()), pinned(fed))
	assert.True(t, all.Passed())
	assert.Empty(t, findings(all, "serial"))
	assert.Contains(t, findings(all, "seal")[0].Message, `sealed by the project's sealer "release", serial 1`)

	k.With("startup/start.sh", []byte("x"))
	assert.Equal(t, "seal-files", only(t, verify(t, startup(k.Read()), pinned(fed)), kit.StatusFail).ID)

	k = fed.Client("site-1", "a").Seal(t, kittest.NewSealer(t, "it"))
	assert.Contains(t, only(t, verify(t, startup(k.Read()), pinned(fed)), kit.StatusWarn).Message, "the signature of the seal was not verified")
	k.With("startup/start.sh", []byte("x"))
	assert.Equal(t, "seal-files", only(t, verify(t, startup(k.Read()), pinned(fed)), kit.StatusFail).ID)
	k.With("seal.dsse.json", []byte("{}"))
	assert.Contains(t, only(t, verify(t, startup(k.Read()), pinned(fed)), kit.StatusFail).Message, "the seal is invalid")
}

// Files and versions that are unknown cause only a warning if a trusted sealer has
// sealed the kit.
func TestVerifyNewerKits(t *testing.T) {
	fed := newFederation(t)
	project := fed.Sealer("release")
	version := func(v string) func(*kit.SealOptions) {
		return func(o *kit.SealOptions) { o.Version = v }
	}
	for v, warns := range map[string]int{"": 0, "2.8.3": 0, "2.9.0": 0, "2.10.0": 1, "3.0": 1, "next": 1} {
		all := report(t, fed.Client("site-1", "a").Seal(t, project, version(v)).Read(), policy(t, fed))
		assert.True(t, all.Passed())
		assert.Equal(t, warns, all.Count(kit.StatusWarn), v)
	}
	newer := fed.Client("site-1", "a").With("startup/new.json", []byte("{}")).Seal(t, project).Read()
	assert.Equal(t, "startup-files", only(t, report(t, newer, policy(t, fed)), kit.StatusWarn).ID)
	assert.True(t, verify(t, newer, pinned(fed)).Passed())
	assert.False(t, verify(t, newer, verifyOptions{Now: today}).Passed(), "the root is not trusted")
}
