package kit_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
)

func TestVerifySealsAgainstThePolicy(t *testing.T) {
	fed := newFederation(t)
	project := fed.Sealer("release")
	k := fed.Client("site-1", "a").Seal(t, project).Read()
	certificate, err := seal.ParseCertificate(project.Certificate)
	require.NoError(t, err)
	for _, tt := range []struct {
		name, id, text string
		change         func(*kit.Trust)
	}{
		{"another root", "root-pinned", "none of the policy's kits.trustRoots", func(t *kit.Trust) { t.Roots = []string{strings.Repeat("0", 64)} }},
		{"no root", "root-pinned", "none of the policy's", func(t *kit.Trust) { t.Roots = nil }},
		{"a bad root", "root-pinned", "cannot be read", func(t *kit.Trust) { t.Roots = []string{"x"} }},
		{"serial", "serial", `the serial is 1, and the policy's kits.minimumSerial for "site-1" is 2`, func(t *kit.Trust) { t.MinimumSerial = map[string]int64{"site-1": 2} }},
		{"certificate", "revoked", `the certificate of "site-1" is revoked`, func(t *kit.Trust) {
			t.Revoked.CertificateSerials = []string{"1", "00:" + strings.ToUpper(k.Certificate.SerialNumber.Text(16))}
		}},
		{"sealing certificate", "revoked", `the certificate of "release" is revoked`, func(t *kit.Trust) {
			t.Revoked.CertificateSerials = []string{certificate.SerialNumber.Text(16)}
		}},
		{"key", "revoked", `the key of "site-1" is revoked`, func(t *kit.Trust) { t.Revoked.Keys = []string{seal.KeyFingerprint(k.Certificate.PublicKey)} }},
		{"sealing key", "revoked", `"release" is revoked`, func(t *kit.Trust) { t.Revoked.Keys = []string{seal.KeyFingerprint(&project.Key.PublicKey)} }},
		{"participant", "listed", `"site-1" is not one of the policy's participants: site-2`, func(t *kit.Trust) { t.Participants = []string{"site-2"} }},
		{"kit", "revoked", "the kit is revoked", func(t *kit.Trust) { t.Revoked.Kits = []string{k.Digest()} }},
		{"a bad revocation", "revoked", "cannot be read", func(t *kit.Trust) { t.Revoked.Kits = []string{"x"} }},
		{"a bad serial number", "revoked", "cannot be read", func(t *kit.Trust) { t.Revoked.CertificateSerials = []string{"xyz"} }},
		{"a bad key", "revoked", "cannot be read", func(t *kit.Trust) { t.Revoked.Keys = []string{"xyz"} }},
	} {
		t.Run(tt.name, func(t *testing.T) {
			trust := trusting(t, fed)
			tt.change(&trust)
			finding := only(t, judged(k, trust), kit.StatusFail)
			assert.Equal(t, tt.id, finding.ID)
			assert.Contains(t, finding.Message, tt.text)
		})
	}

	trust := trusting(t, fed)
	trust.MinimumSerial, trust.Participants = map[string]int64{"site-1": 1}, []string{"site-1"}
	assert.True(t, judged(k, trust).Passed())
	sealed, err := k.VerifySeal(trust, today)
	require.NoError(t, err)
	assert.Equal(t, seal.KeyFingerprint(&project.Key.PublicKey), sealed.KeyFingerprint)
	assert.True(t, certificate.Equal(sealed.Certificate))

	broken := trusting(t, fed)
	broken.Sealers = []kit.Sealer{{Name: "broken", PublicKey: "x"}}
	site := fed.Client("site-1", "a").Seal(t, kittest.NewSealer(t, "it")).Read()
	assert.Contains(t, only(t, judged(site, broken), kit.StatusFail).Message, `the key of the sealer "broken" cannot be used`)
}

// TestVerifyNativeSignatures: SealOrNative takes what 2.7 signed, and says what
// that is worth.
func TestVerifyNativeSignatures(t *testing.T) {
	fed27, fed28 := newFederation(t, kittest.WithFamily(kit.Family27)), newFederation(t)
	trust27, trust28 := trusting(t, fed27), trusting(t, fed28)
	trust27.AllowNative, trust28.AllowNative = true, true

	signed := fed27.Client("site-1", "a")
	report := judged(signed.Read(), trust27)
	assert.True(t, report.Passed())
	assert.Contains(t, findings(report, "seal")[0].Message, "neither an older kit nor a missing file is noticed")
	statement, err := signed.Read().VerifySeal(trust27, today)
	require.NoError(t, err)
	assert.Nil(t, statement)

	trust27.MinimumSerial = map[string]int64{"site-1": 1}
	assert.Equal(t, "serial", only(t, judged(signed.Read(), trust27), kit.StatusFail).ID, "a signature has no serial")

	unsigned := fed28.Client("site-1", "a")
	assert.Contains(t, only(t, judged(unsigned.Read(), trust28), kit.StatusFail).Message, "neither a seal nor a good signature")
}

// TestVerifySealsWithoutAPolicy: a seal that does not fit is noticed all the
// same.
func TestVerifySealsWithoutAPolicy(t *testing.T) {
	fed := newFederation(t)
	k := fed.Client("site-1", "a").Seal(t, fed.Sealer("release"))
	report := k.Read().Verify(pinned(fed))
	assert.True(t, report.Passed())
	assert.Empty(t, findings(report, "serial"))
	assert.Contains(t, findings(report, "seal")[0].Message, `sealed by the project's sealer "release", serial 1`)

	k.With("startup/start.sh", []byte("x"))
	assert.Equal(t, "seal-files", only(t, k.Read().Verify(pinned(fed)), kit.StatusFail).ID)

	k = fed.Client("site-1", "a").Seal(t, kittest.NewSealer(t, "it"))
	assert.Contains(t, only(t, k.Read().Verify(pinned(fed)), kit.StatusWarn).Message, "the seal's signature was not checked")
	k.With("startup/start.sh", []byte("x"))
	assert.Equal(t, "seal-files", only(t, k.Read().Verify(pinned(fed)), kit.StatusFail).ID)
	k.With("seal.dsse.json", []byte("{}"))
	assert.Contains(t, only(t, k.Read().Verify(pinned(fed)), kit.StatusFail).Message, "the seal is unusable")
}

// TestVerifyNewerKits: what this program does not know is a warning once
// somebody whom the site trusts has sealed it.
func TestVerifyNewerKits(t *testing.T) {
	fed := newFederation(t)
	project := fed.Sealer("release")
	version := func(v string) func(*kit.SealOptions) {
		return func(o *kit.SealOptions) { o.Version = v }
	}
	for v, warns := range map[string]int{"": 0, "2.8.3": 0, "2.9.0": 0, "2.10.0": 1, "3.0": 1, "next": 1} {
		report := judged(fed.Client("site-1", "a").Seal(t, project, version(v)).Read(), trusting(t, fed))
		assert.True(t, report.Passed())
		assert.Equal(t, warns, report.Count(kit.StatusWarn), v)
	}
	newer := fed.Client("site-1", "a").With("startup/new.json", []byte("{}")).Seal(t, project).Read()
	assert.Equal(t, "startup-files", only(t, judged(newer, trusting(t, fed)), kit.StatusWarn).ID)
	assert.True(t, newer.Verify(pinned(fed)).Passed())
	assert.False(t, newer.Verify(kit.VerifyOptions{Now: today}).Passed(), "nobody trusts that root")
}
