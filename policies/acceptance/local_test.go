package acceptance_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// local evaluates local/ as it comes in a ConfigMap: without the kit.
func local(t *testing.T, k *kit.Kit, spec *v1alpha1.SitePolicySpec) (acceptance.VerifiedLocal, kit.Findings) {
	t.Helper()
	files, sealed, err := kit.FromConfigMapData(k.ConfigMapData())
	require.NoError(t, err)
	one := acceptance.LocalOf(k)
	one.Files, one.Seal, one.Kit = files, sealed, nil
	return acceptance.AcceptLocal(one, compiled(t, spec), today)
}

func TestLocalNeedsAnAuthority(t *testing.T) {
	fed, other := newFederation(t), newFederation(t)
	project, it, unknown := fed.Sealer("release"), kittest.NewSealer(t, "it"), kittest.NewSealer(t, "unknown")
	client := func() *kittest.Kit { return fed.Client("site-1", "a") }
	listed := func(k *kit.Kit, s *v1alpha1.SitePolicySpec) {
		s.Kits.Local = []v1alpha1.LocalRule{{Participant: "site-1", Digest: k.LocalDigest()}}
	}
	custom := []byte(`{"components": [{"id": "x", "path": "evil.Widget"}]}`)
	for _, tt := range []struct {
		name string
		kit  *kittest.Kit
		// failed is the first check that fails, text a part of its message.
		failed, text string
		change       func(*kit.Kit, *v1alpha1.SitePolicySpec)
	}{
		{"sealed by the project", client().Seal(t, project), "", "", nil},
		{"sealed by the site", client().Seal(t, project).SealLocal(t, it), "", "", nil},
		{"listed", client().SealStartup(t, project), "", "", listed},
		{"listed, with a seal that does not count", client().SealLocal(t, unknown), "", "", listed},
		{"listed with other classes", client().With("local/resources.json", custom), "", "", listed},
		{"neither sealed nor listed", client().SealStartup(t, project), acceptance.CheckLocalSeal, "neither sealed nor listed", nil},
		{"listed for another participant", client(), acceptance.CheckLocalSeal, "neither sealed nor listed", func(k *kit.Kit, s *v1alpha1.SitePolicySpec) {
			s.Kits.Local = []v1alpha1.LocalRule{{Participant: "site-2", Digest: k.LocalDigest()}}
		}},
		{"listed and revoked", client(), acceptance.CheckLocalRevoked, "local/ is revoked", func(k *kit.Kit, s *v1alpha1.SitePolicySpec) {
			listed(k, s)
			s.Kits.Revoked.Kits = []string{k.LocalDigest()}
		}},
		{"changed afterwards", client().Seal(t, project).With("local/log_config.json.default", []byte("{}")), acceptance.CheckLocalSealFiles, "changed since it was sealed", nil},
		{"one more file", client().Seal(t, project).With("local/privacy.json", []byte("{}")), acceptance.CheckLocalSealFiles, "an extra file", nil},
		{"one file less", client().Seal(t, project).Without("local/privacy.json.sample"), acceptance.CheckLocalSealFiles, "is missing from local/", nil},
		{"by a key that the policy does not name", client().SealLocal(t, unknown), acceptance.CheckLocalSeal, "the signer is not allowed", nil},
		{"by another federation's sealer", client().SealLocal(t, project).With(kit.LocalSealCertificateFile, other.Client("site-1", "a").SealLocal(t, other.Sealer("release")).File(kit.LocalSealCertificateFile)),
			acceptance.CheckLocalSeal, "is not in kits.trustRoots", nil},
		{"by a participant", client().SealLocal(t, project).With(kit.LocalSealCertificateFile, append(client().File("startup/client.crt"), pki.EncodeCertificate(fed.Root)...)),
			acceptance.CheckLocalSeal, "is not valid for sealing", nil},
		{"without the root", client().SealLocal(t, project).With(kit.LocalSealCertificateFile, project.Certificate), acceptance.CheckLocalSeal, "two certificates", nil},
		{"with no certificate", client().SealLocal(t, project).With(kit.LocalSealCertificateFile, []byte("x")), acceptance.CheckLocalSeal, "the sealing certificate is invalid", nil},
		{"with no envelope", client().SealLocal(t, it).With(kit.LocalSealFile, []byte("{}")), acceptance.CheckLocalSeal, "the seal is invalid", nil},
		{"the seal of startup/", client().SealStartup(t, it), acceptance.CheckLocalSealFiles, "it is not a seal of local/", func(k *kit.Kit, _ *v1alpha1.SitePolicySpec) { k.LocalSeal = k.Seal }},
		{"an outdated serial", client().Seal(t, project), acceptance.CheckLocalSerial, "the serial is 1, but", func(_ *kit.Kit, s *v1alpha1.SitePolicySpec) {
			s.Kits.MinimumSerial = map[string]int64{"site-1": 2}
		}},
		{"a revoked sealer", client().Seal(t, it), acceptance.CheckLocalRevoked, "the key of the site's sealer", func(_ *kit.Kit, s *v1alpha1.SitePolicySpec) {
			s.Kits.Revoked.Keys = []string{pki.KeyFingerprint(&it.Key.PublicKey)}
		}},
		{"a class of one's own", client().With("local/resources.json", custom).Seal(t, it), kit.CheckLocalContent, "evil.Widget", nil},
		{"nothing", client().Without("local/resources.json.default", "local/authorization.json.default", "local/log_config.json.default", "local/privacy.json.sample"),
			acceptance.CheckLocalSeal, "neither sealed nor listed", nil},
		{"a participant who is not listed", client().Seal(t, project), acceptance.CheckLocalSealIdentity, "not in spec.participants", func(_ *kit.Kit, s *v1alpha1.SitePolicySpec) {
			s.Participants = []string{"site-2"}
		}},
	} {
		t.Run(tt.name, func(t *testing.T) {
			k, spec := tt.kit.Read(), policy(t, fed, it)
			if tt.change != nil {
				tt.change(k, spec)
			}
			verified, all := local(t, k, spec)
			if tt.failed == "" {
				require.True(t, all.Passed(), "%+v", all)
				assert.Equal(t, "site-1", verified.Identity().Participant)
				return
			}
			failed := all.With(kit.StatusFail)
			require.NotEmpty(t, failed)
			assert.Equal(t, tt.failed, failed[0].ID, "%+v", failed)
			assert.Contains(t, failed[0].Text(), tt.text)
			assert.NotEmpty(t, failed[0].Fix)
			if failed.In(kit.Always).Count(kit.StatusFail) > 0 {
				assert.Equal(t, acceptance.VerifiedLocal{}, verified)
			}
		})
	}
}

// Sealed for another participant, federation or role, by someone who may seal kits.
func TestLocalOfAnotherParticipant(t *testing.T) {
	fed := newFederation(t)
	it := kittest.NewSealer(t, "it")
	k := fed.Client("site-1", "a").Seal(t, it).Read()
	for want, change := range map[string]func(*seal.Statement){
		"sealed for another participant": func(s *seal.Statement) { s.Participant = "site-2" },
		"its federation is":              func(s *seal.Statement) { s.Federation = "other" },
		"its org is":                     func(s *seal.Statement) { s.Org = "b" },
		"its role is":                    func(s *seal.Statement) { s.Role = "server" },
		"its framework is":               func(s *seal.Statement) { s.Framework.Name = "toy" },
		"not in kits.trustRoots":         func(s *seal.Statement) { s.Root = strings.Repeat("0", 64) },
		"its root is":                    func(s *seal.Statement) { s.Root, s.Key = "", strings.Repeat("0", 64) },
	} {
		statement, err := k.LocalSeal.Unverified()
		require.NoError(t, err)
		change(statement)
		changed := *k
		envelope, err := seal.Sign(statement, it.Key)
		require.NoError(t, err)
		changed.LocalSeal = &kit.Seal{Envelope: envelope}
		_, all := acceptance.Accept(&changed, compiled(t, policy(t, fed, it)), today)
		assert.Contains(t, findings(all, acceptance.CheckLocalSealIdentity)[0].Message, want)
	}
}

func TestLocalExpires(t *testing.T) {
	fed := newFederation(t)
	k := fed.Client("site-1", "a").Seal(t, fed.Sealer("release")).Read()
	verified, all := local(t, k, policy(t, fed))
	require.True(t, all.Passed())
	assert.Equal(t, acceptance.IdentityOf(k), verified.Identity())
	assert.Empty(t, verified.Terms().Failed(today))
	late := verified.Terms().Failed(today.AddDate(3, 0, 0))
	assert.Equal(t, acceptance.CheckLocalSealDates, late[0].ID)
	assert.Contains(t, late[0].Fix, "kit seal --local")
	assert.NotEmpty(t, acceptance.VerifiedLocal{}.Terms().Failed(today), "the zero value")
}

// Without a policy, what a policy could allow is a warning, and a broken file is not.
func TestLocalWithoutAPolicy(t *testing.T) {
	fed := newFederation(t)
	k := fed.Client("site-1", "a").SealStartup(t, fed.Sealer("release"))
	finding := only(t, verify(t, k.Read(), pinned(fed)), kit.StatusWarn)
	assert.Equal(t, acceptance.CheckLocalSeal, finding.ID)
	assert.Contains(t, finding.Fix, "kubectl flare kit seal --local DIR")
	assert.Empty(t, findings(verify(t, fed.Client("site-1", "a").Read(), pinned(fed)), acceptance.CheckLocalSeal), "nothing is sealed")

	k.With("local/notes.md", nil)
	assert.Equal(t, 2, verify(t, k.Read(), pinned(fed)).Count(kit.StatusWarn))
	k.SealLocal(t, fed.Sealer("release")).With("local/notes.md", []byte("x"))
	assert.Equal(t, acceptance.CheckLocalSealFiles, only(t, verify(t, k.Read(), pinned(fed)), kit.StatusFail).ID)
	k = fed.Client("site-1", "a").With("local/privacy.json", []byte(`{"scopes": [{"name": "public",]}`))
	broken := only(t, verify(t, k.Read(), pinned(fed)), kit.StatusFail)
	assert.Equal(t, nvflare.CheckLocalFiles, broken.ID)
	assert.Contains(t, broken.Text(), "local/privacy.json: not valid JSON: line 1: ")
}
