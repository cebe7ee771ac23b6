package agreement_test

import (
	"math/rand/v2"
	"strings"
	"testing"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// claim is where kits on volumes lie.
const claim = "flare-kits"

// policy makes a policy for the kit: mostly one that could accept it, with something
// that decides otherwise now and then.
func (w *world) policy(t *testing.T, r *rand.Rand, k *kit.Kit) *v1alpha1.SitePolicy {
	t.Helper()
	p := &v1alpha1.SitePolicy{
		TypeMeta:   metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion().String(), Kind: "SitePolicy"},
		ObjectMeta: metav1.ObjectMeta{Name: "hospital-a"},
	}
	p.Spec.Participants = []string{"site-1", "server1", "lead@a.org"}
	if r.IntN(10) == 0 {
		p.Spec.Participants = []string{"site-9"}
	}
	p.Spec.Images.Allowed = []v1alpha1.AllowedImage{{Repository: "registry.example.org/nvflare", Digest: "sha256:" + strings.Repeat("ab", 32)}}
	p.Spec.Kits.Claims = []string{claim}
	if r.IntN(5) == 0 {
		p.Spec.Kits.Claims = nil
	}
	for i, root := range w.roots {
		// The second is the impostor's.
		if i != 1 && r.IntN(8) != 0 {
			p.Spec.Kits.TrustRoots = append(p.Spec.Kits.TrustRoots, v1alpha1.TrustRoot{Name: "root-" + string(rune('a'+i)), SHA256: spelled(r, pki.Fingerprint(root))})
		}
	}
	for _, s := range w.sites[:2] {
		if r.IntN(5) != 0 {
			p.Spec.Kits.Sealers = append(p.Spec.Kits.Sealers, v1alpha1.Sealer{Name: s.Name, PublicKey: s.PublicKey(t)})
		}
	}
	p.Spec.Kits.Signature = []v1alpha1.SignatureRule{v1alpha1.SignatureSeal, v1alpha1.SignatureSealOrNative, ""}[r.IntN(3)]
	if name := p.Spec.Participants[0]; r.IntN(4) == 0 {
		p.Spec.Kits.MinimumSerial = map[string]int64{name: 4 + r.Int64N(6)}
	}
	if r.IntN(4) == 0 {
		p.Spec.Kits.Local = []v1alpha1.LocalRule{{Participant: p.Spec.Participants[0], Digest: spelled(r, k.LocalDigest())}}
	}
	p.Spec.Privacy = privacy(w.rules)
	w.revoke(r, &p.Spec.Kits.Revoked, k)
	v1alpha1.SetDefaults(p)
	return p
}

// privacy requires something of settings now and then, some of which the usual local/ has.
func privacy(r *rand.Rand) *v1alpha1.PrivacyRules {
	require := func(framework, setting string, b v1alpha1.Bound) *v1alpha1.PrivacyRules {
		return &v1alpha1.PrivacyRules{Settings: []v1alpha1.SettingRule{{Framework: framework, Setting: setting, Bound: b}}}
	}
	switch r.IntN(20) {
	case 0:
		return &v1alpha1.PrivacyRules{CustomCode: v1alpha1.CustomCodeDeny}
	case 1:
		return &v1alpha1.PrivacyRules{CustomCode: v1alpha1.CustomCodeSignedOnly}
	case 2:
		return &v1alpha1.PrivacyRules{Scopes: &v1alpha1.PrivacyScopes{Allowed: []string{"private"}}}
	case 3:
		return require("nvflare", "resources.class_list_enforced", v1alpha1.Bound{Equals: new("true")})
	case 4:
		return require("nvflare", "authorization.rights[byoc]", v1alpha1.Bound{OneOf: []string{"lead", "project_admin"}})
	case 5:
		return require("toy", "settings.noise", v1alpha1.Bound{Min: "0.5"})
	}
	return nil
}

// revoke revokes something of the kit, or of no kit.
func (w *world) revoke(r *rand.Rand, revoked *v1alpha1.Revoked, k *kit.Kit) {
	revoked.CertificateSerials, revoked.Keys, revoked.Kits = []string{"abc"}, []string{strings.Repeat("a", 64)}, []string{strings.Repeat("b", 64)}
	certificates := k.Certificates()
	switch r.IntN(16) {
	case 0:
		revoked.Keys = append(revoked.Keys, spelled(r, k.KeyFingerprint))
	case 1:
		revoked.Kits = append(revoked.Kits, spelled(r, k.Digest()))
	case 2:
		revoked.Keys = append(revoked.Keys, pki.KeyFingerprint(&w.sites[0].Key.PublicKey))
	case 3:
		if len(certificates) > 0 {
			revoked.CertificateSerials = append(revoked.CertificateSerials, spelled(r, pki.Serial(certificates[0])))
		}
	case 4:
		if len(certificates) > 0 {
			revoked.Keys = append(revoked.Keys, pki.KeyFingerprint(k.Root.PublicKey))
		}
	case 5:
		if k.Seal != nil {
			if c, err := pki.ParseCertificate(k.Seal.Certificate); err == nil {
				revoked.CertificateSerials = append(revoked.CertificateSerials, pki.Serial(c))
			}
		}
	}
}

// spelled is a number in one of the ways that people have it at hand. The API takes one
// of them alone, so the others make the policy invalid.
func spelled(r *rand.Rand, digits string) string {
	switch r.IntN(30) {
	case 0:
		return strings.ToUpper(digits)
	case 1:
		return "00:" + digits
	}
	return digits
}
