package kitfact_test

import (
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/kitfact"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

var registry = frameworks.Default()

func secretOf(k *kittest.Kit) *corev1.Secret {
	read := k.Read()
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: kit.SecretName(read), UID: "u1"},
		Type:       facts.KitSecretType, Immutable: new(true), Data: read.SecretData(),
	}
}

func policyFor(f *kittest.Federation) *v1alpha1.SitePolicySpec {
	return &v1alpha1.SitePolicySpec{
		Participants: []string{"site-1"},
		Kits:         v1alpha1.KitRules{TrustRoots: []v1alpha1.TrustRoot{{Name: "demo", SHA256: pki.Fingerprint(f.Root)}}},
	}
}

func TestGoodKits(t *testing.T) {
	f := kittest.NewFederation(t, "demo")
	site := kittest.NewSealer(t, "it")
	policy := policyFor(f)
	policy.Kits.Sealers = []v1alpha1.Sealer{{Name: "it", PublicKey: site.PublicKey(t)}}
	for want, by := range map[facts.SealKind]*kittest.Sealer{facts.SealProject: f.Sealer("lead"), facts.SealSite: site} {
		k := f.Client("site-1", "hospital_a").Seal(t, by)
		fact := kitfact.Under(registry, policy, secretOf(k))
		if fact.Error != "" || fact.SealedBy != want || fact.Serial != 1 || fact.SealerKey == "" || fact.Participant != "site-1" || !fact.Immutable || fact.UID != "u1" {
			t.Errorf("sealed by %s: %+v", want, fact)
		}
	}
}

// The seal in the Secret of a kit on a volume lists the files on the volume.
func TestKitsOnAVolume(t *testing.T) {
	f := kittest.NewFederation(t, "demo")
	policy := policyFor(f)
	policy.Kits.Claims = []string{"flare-kits"}
	k := f.Client("site-1", "hospital_a").Seal(t, f.Sealer("lead")).Read()
	delivered, err := k.On(kit.Volume{ClaimName: "flare-kits", SubPath: k.Folder("site-1")})
	if err != nil {
		t.Fatal(err)
	}
	secret := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: kit.SecretName(k), UID: "u1"},
		Type:       facts.KitSecretType, Immutable: new(true), Data: delivered.SecretData(),
	}
	fact := kitfact.Under(registry, policy, secret)
	if fact.Error != "" || fact.Volume == nil || fact.Volume.ClaimName != "flare-kits" || fact.Digest != k.Digest() || len(fact.Files) != len(k.Startup) {
		t.Errorf("%+v", fact)
	}
	delete(secret.Data, kit.SealFile)
	if fact := kitfact.Under(registry, policy, secret); !strings.Contains(fact.Error, "needs a seal") {
		t.Errorf("without a seal: %+v", fact)
	}
	policy.Kits.TrustRoots[0].SHA256 = strings.Repeat("0", 64)
	secret.Data = delivered.SecretData()
	if fact := kitfact.Under(registry, policy, secret); !strings.Contains(fact.Error, "root-pinned") {
		t.Errorf("of another root: %+v", fact)
	}
}

// The fact of an expired kit is still valid: its terms decide whether a pod may start.
func TestDatesAreTerms(t *testing.T) {
	f := kittest.NewFederation(t, "demo")
	policy := policyFor(f)
	policy.Kits.Revoked.Keys = []string{strings.Repeat("0", 64)}
	fact := kitfact.Under(registry, policy, secretOf(f.Client("site-1", "hospital_a").Seal(t, f.Sealer("lead"))))
	if fact.Error != "" || !fact.Terms.At(time.Now()).Passed() || fact.Framework != "nvflare" {
		t.Errorf("%+v", fact)
	}
	for _, now := range []time.Time{time.Now().AddDate(-30, 0, 0), time.Now().AddDate(30, 0, 0)} {
		if fact.Terms.At(now).Passed() {
			t.Errorf("at %s: %+v", now, fact.Terms)
		}
	}
	policy.Kits.Revoked.Keys = []string{fact.KeyFingerprint}
	fact = kitfact.Under(registry, policy, secretOf(f.Client("site-1", "hospital_a").Seal(t, f.Sealer("lead"))))
	if fact.Error != "" || !fact.Terms.At(time.Now()).Passed() {
		t.Errorf("another key is revoked: %+v", fact)
	}
	policy.Kits.Revoked.Keys = []string{pki.KeyFingerprint(f.Root.PublicKey)}
	fact = kitfact.Under(registry, policy, secretOf(f.Client("site-1", "hospital_a").Seal(t, f.Sealer("lead"))))
	if fact.Error != "" || fact.Terms.At(time.Now()).Passed() {
		t.Errorf("the root's key is revoked: %+v", fact)
	}
}

// A policy that cannot be compiled accepts no kit.
func TestAnInvalidPolicy(t *testing.T) {
	f := kittest.NewFederation(t, "demo")
	policy := policyFor(f)
	policy.Kits.Revoked.Kits = []string{"x"}
	fact := kitfact.Under(registry, policy, secretOf(f.Client("site-1", "hospital_a").Seal(t, f.Sealer("lead"))))
	if !strings.Contains(fact.Error, "spec.kits.revoked.kits[0]") {
		t.Errorf("%+v", fact)
	}
}

func TestBadKits(t *testing.T) {
	f := kittest.NewFederation(t, "demo")
	lead := f.Sealer("lead")
	good := func() *kittest.Kit { return f.Client("site-1", "hospital_a").Seal(t, lead) }
	for name, tc := range map[string]struct {
		change func(*corev1.Secret)
		policy func(*v1alpha1.SitePolicySpec)
		want   string
	}{
		"a changed byte": {change: func(s *corev1.Secret) { s.Data["start.sh"] = append(s.Data["start.sh"], '\n') }, want: "seal-files"},
		"no seal": {change: func(s *corev1.Secret) {
			delete(s.Data, kit.SealFile)
			delete(s.Data, kit.SealCertificateFile)
		}, want: "seal"},
		"nothing at all": {change: func(s *corev1.Secret) { s.Data = nil }, want: "contains no configuration file"},
		"a missing file": {change: func(s *corev1.Secret) { delete(s.Data, "start.sh") }, want: "seal-files"},
		"another root":   {policy: func(p *v1alpha1.SitePolicySpec) { p.Kits.TrustRoots[0].SHA256 = strings.Repeat("a", 64) }, want: "root-pinned"},
	} {
		t.Run(name, func(t *testing.T) {
			secret, policy := secretOf(good()), policyFor(f)
			if tc.change != nil {
				tc.change(secret)
			}
			if tc.policy != nil {
				tc.policy(policy)
			}
			fact := kitfact.Under(registry, policy, secret)
			if !strings.Contains(fact.Error, tc.want) || fact.Participant != "" || fact.SealedBy != facts.SealNone {
				t.Errorf("%+v", fact)
			}
			if strings.Contains(fact.Error, "PRIVATE") {
				t.Error("the error holds a key")
			}
		})
	}
}

func TestLocal(t *testing.T) {
	f := kittest.NewFederation(t, "demo")
	k := f.Client("site-1", "hospital_a").Seal(t, f.Sealer("lead")).Read()
	m := &corev1.ConfigMap{Immutable: new(true)}
	m.Data, m.BinaryData = k.ConfigMapData()
	m.Name = kit.ConfigMapName(k)
	policy := policyFor(f)
	fact := kitfact.LocalUnder(registry, policy, m)
	if fact.Error != "" || !fact.Immutable || fact.Identity != acceptance.IdentityOf(k) || fact.Listed || fact.SealedBy != facts.SealProject || fact.Serial != 1 {
		t.Errorf("%+v", fact)
	}
	if whole := kitfact.Under(registry, policy, secretOf(f.Client("site-1", "hospital_a").Seal(t, f.Sealer("lead")))); whole.Identity() != fact.Identity {
		t.Errorf("the kit is %+v", whole.Identity())
	}
	for want, change := range map[string]func(){
		"does not match its name":  func() { m.Data["resources.json"] = "{ }" },
		"not a valid key":          func() { m.Data["a/b"] = "" },
		"is larger than 256 KiB":   func() { m.Data[kit.LocalSealFile] = strings.Repeat(" ", 256<<10+1) },
		"neither sealed nor liste": func() { delete(m.Data, kit.LocalSealFile) },
		"the policy is invalid":    func() { policy.Kits.TrustRoots[0].SHA256 = "x" },
	} {
		m.Data, m.BinaryData = k.ConfigMapData()
		policy = policyFor(f)
		change()
		if fact := kitfact.LocalUnder(registry, policy, m); !strings.Contains(fact.Error, want) || fact.Identity.Participant != "" {
			t.Errorf("want %q: %+v", want, fact)
		}
	}
}
