package acceptance_test

import (
	"io/fs"
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

func TestVerifySealedKits(t *testing.T) {
	for _, family := range []string{nvflare.Family27, nvflare.Family28} {
		fed := newFederation(t, kittest.WithFamily(family))
		project, site := fed.Sealer("release"), kittest.NewSealer(t, "it-security")
		trust := policy(t, fed, kittest.NewSealer(t, "other"), site)
		for _, k := range []*kittest.Kit{fed.Server("server1", "lab"), fed.Client("Site_2", "b"), fed.Admin("lead@a.org", "a", "lead")} {
			for _, sealer := range []*kittest.Sealer{project, site} {
				read := k.Seal(t, sealer).Read()
				verified, all := evaluated(t, read, trust)
				assert.True(t, all.Passed(), "%+v", all)
				for _, id := range []string{"seal", "seal-files", "seal-identity", "seal-dates", "serial", "revoked"} {
					require.NotEmpty(t, findings(all, id), id)
					assert.Equal(t, len(findings(all, id)), findings(all, id).Count(kit.StatusPass), "%+v", all)
				}
				assert.Contains(t, findings(all, "seal")[0].Message, sealer.Name)
				statement := verified.Seal()
				require.NotNil(t, statement)
				assert.Equal(t, pki.KeyFingerprint(&sealer.Key.PublicKey), statement.KeyFingerprint)
				assert.Equal(t, read.Participant, statement.Participant)
				assert.Equal(t, int64(1), statement.Serial)

				fromSecret, err := registry.FromSecret(read.SecretData())
				require.NoError(t, err)
				assert.Equal(t, read.Digest(), fromSecret.Digest(), "the digest is over startup/ alone")
				assert.True(t, report(t, fromSecret, trust).Passed())
			}
		}
	}
}

// TestVerifyBrokenSeals makes one change to a sealed kit and expects one finding.
func TestVerifyBrokenSeals(t *testing.T) {
	fed, other := newFederation(t), newFederation(t)
	project, site := fed.Sealer("release"), kittest.NewSealer(t, "it-security")
	unknown := kittest.NewSealer(t, "unknown")
	sealed := func() *kittest.Kit { return fed.Client("site-1", "a").Seal(t, project) }
	sealOf := func(from *kittest.Kit) *kittest.Kit {
		return fed.Client("site-1", "a").With("seal.dsse.json", from.File("seal.dsse.json")).With("seal.crt", from.File("seal.crt"))
	}
	certified := func(k *kittest.Kit, certificate []byte) *kittest.Kit { return k.With("seal.crt", certificate) }
	ended := func(o *kit.SealOptions) { o.ValidFor = time.Hour }
	resealed := func(k *kittest.Kit, change func(*seal.Statement)) *kittest.Kit {
		statement, err := k.Read().Seal.Unverified()
		require.NoError(t, err)
		change(statement)
		envelope, err := seal.Sign(statement, project.Key)
		require.NoError(t, err)
		return k.With("seal.dsse.json", envelope)
	}

	for _, tt := range []struct {
		name, id, text string
		kit            *kittest.Kit
	}{
		{"no seal", "seal", "the kit has no seal, but the policy requires one", fed.Client("site-1", "a")},
		{"a certificate alone", "seal", "the kit has no seal, but the policy requires one", sealed().Without("seal.dsse.json")},
		{"empty", "seal", "the seal is invalid: it is not valid JSON", sealed().With("seal.dsse.json", nil)},
		{"another payload type", "seal", `its payloadType is "x"`, sealed().With("seal.dsse.json", []byte(`{"payloadType": "x", "payload": "", "signatures": []}`))},
		{"by another key", "seal", "the signature is invalid", certified(fed.Client("site-1", "a").Seal(t, unknown), project.Certificate)},
		{"without its certificate", "seal", "the signer is not allowed", sealed().Without("seal.crt")},
		{"by an unknown sealer", "seal", `was not made by one of the site's sealers ("it-security")`, fed.Client("site-1", "a").Seal(t, unknown)},
		{"by the site with a certificate", "seal", "the seal says that the site made it",
			resealed(sealed(), func(s *seal.Statement) { s.SealedBy = seal.BySite })},
		// Its certificate and key are valid, but not for sealing.
		{"by a participant", "seal", "it is not a sealing certificate", certified(sealed(), fed.Client("site-2", "a").File("startup/client.crt"))},
		{"a certificate of another root", "seal", "the federation's root did not issue it itself", certified(sealed(), other.Sealer("release").Certificate)},
		{"no certificate in seal.crt", "seal", "it is not PEM with one CERTIFICATE", certified(sealed(), []byte("x"))},
		{"changed", "seal-files", "changed since it was sealed", sealed().With("startup/start.sh", []byte("x"))},
		{"extra", "seal-files", "an extra file", sealed().With("startup/docker.sh", []byte("x"))},
		{"missing", "seal-files", `the sealed file "docker.sh" is missing`, fed.Client("site-1", "a").With("startup/docker.sh", nil).Seal(t, project).Without("startup/docker.sh")},
		{"expired", "seal-dates", "the seal expired on 2026-03-01T13:01:00Z, 30 days ago", fed.Client("site-1", "a").Seal(t, project, ended)},
		{"not yet", "seal-dates", "not yet", resealed(sealed(), func(s *seal.Statement) { s.NotBefore = today.Add(time.Hour) })},
		{"another org", "seal-identity", `sealed for the org "b", but the kit has "a"`, resealed(sealed(), func(s *seal.Statement) { s.Org = "b" })},
		{"another role", "seal-identity", `sealed for the role "server"`, resealed(sealed(), func(s *seal.Statement) { s.Role = "server" })},
		{"another participant", "seal-identity", `sealed for the participant "site-2"`, resealed(sealed(), func(s *seal.Statement) { s.Participant = "site-2" })},
		{"another federation", "seal-identity", `sealed for the federation "x"`, resealed(sealed(), func(s *seal.Statement) { s.Federation = "x" })},
		{"another root", "seal-identity", "sealed for the root", resealed(sealed(), func(s *seal.Statement) { s.Root = strings.Repeat("0", 64) })},
		{"another framework", "seal-identity", `sealed for the framework "flower"`, resealed(sealed(), func(s *seal.Statement) { s.Framework.Name = "flower" })},
	} {
		t.Run(tt.name, func(t *testing.T) {
			read := tt.kit.Read()
			trust := policy(t, fed, site)
			finding := only(t, report(t, read, trust), kit.StatusFail)
			assert.Equal(t, tt.id, finding.ID)
			assert.Contains(t, finding.Message, tt.text)
			assert.NotEmpty(t, finding.Fix)
		})
	}

	// A seal of the kit of another participant.
	all := report(t, sealOf(fed.Client("site-2", "b").Seal(t, project)).Read(), policy(t, fed))
	assert.Equal(t, kit.StatusPass, findings(all, "seal")[0].Status)
	assert.Len(t, findings(all, "seal-identity"), 2, "participant and org")
	assert.Len(t, findings(all, "seal-files"), 3, "certificate, key, configuration")
}

func TestReadSeals(t *testing.T) {
	fed := newFederation(t)
	good := fed.Client("site-1", "a").Seal(t, fed.Sealer("release")).FS()
	for _, tt := range []struct {
		name, file, want string
		entry            *fstest.MapFile
	}{
		{"a link", "seal.dsse.json", "seal.dsse.json is a symbolic link", &fstest.MapFile{Data: []byte("x"), Mode: fs.ModeSymlink}},
		{"a linked certificate", "seal.crt", "seal.crt is a symbolic link", &fstest.MapFile{Data: []byte("x"), Mode: fs.ModeSymlink}},
		{"a folder", "seal.crt", "seal.crt is not a regular file", &fstest.MapFile{Mode: fs.ModeDir}},
		{"a pipe", "seal.dsse.json", "is not a regular file", &fstest.MapFile{Mode: fs.ModeNamedPipe}},
		{"a large seal", "seal.dsse.json", "is larger than 256 KiB", &fstest.MapFile{Data: make([]byte, 256<<10+1)}},
		{"a large certificate", "seal.crt", "is larger than 16 KiB", &fstest.MapFile{Data: make([]byte, 16<<10+1)}},
		{"a seal in startup", "startup/seal.crt", "is in the wrong folder; move it to the kit's folder", &fstest.MapFile{}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			broken := copyFS(good)
			broken[tt.file] = tt.entry
			_, err := registry.ReadDir(broken)
			fieldError(t, err)
			assert.ErrorContains(t, err, tt.want)
		})
	}
	data := fed.Client("site-1", "a").Read().SecretData()
	data["seal.crt"] = make([]byte, 16<<10+1)
	_, err := registry.FromSecret(data)
	fieldError(t, err)
	_, err = registry.FromSecret(nil)
	fieldError(t, err)
}

func TestMakeSeal(t *testing.T) {
	fed := newFederation(t)
	project, other := fed.Sealer("release"), newFederation(t).Sealer("other")
	k := fed.Client("site-1", "a").Read()
	make := func(change func(*kit.SealOptions)) (*kit.Seal, error) {
		o := kit.SealOptions{Now: today, ValidFor: 10000 * time.Hour, Key: project.Key, Certificate: project.Certificate}
		change(&o)
		return k.MakeSeal(o)
	}
	made, err := make(func(*kit.SealOptions) {})
	require.NoError(t, err)
	statement, err := made.Unverified()
	require.NoError(t, err)
	assert.Equal(t, today.Unix(), statement.Serial)
	assert.Equal(t, k.Certificate.NotAfter, statement.NotAfter, "no longer than the certificates")
	assert.Equal(t, today.Add(-kit.ClockSkew), statement.NotBefore)

	for want, change := range map[string]func(*kit.SealOptions){
		"does not belong to the sealing certificate": func(o *kit.SealOptions) { o.Key = other.Key },
		"is not valid for sealing this kit":          func(o *kit.SealOptions) { o.Certificate = other.Certificate },
		"the sealing certificate is invalid":         func(o *kit.SealOptions) { o.Certificate = []byte("x") },
		"not now":                                    func(o *kit.SealOptions) { o.Now = today.AddDate(2, 0, 0) },
		"the seal would never be valid":              func(o *kit.SealOptions) { o.ValidFor = -time.Hour },
		"serial must be a whole number":              func(o *kit.SealOptions) { o.Serial = -1 },
	} {
		_, err := make(change)
		assert.ErrorContains(t, err, want)
	}
}
