package workloads

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

func TestKitSecretHoldsTheSeal(t *testing.T) {
	fed := kittest.NewFederation(t, "demo")
	made := fed.Client("site-1", "hospital_a")
	plain, sealed := secretOf(t, made.Read()), secretOf(t, made.Seal(t, fed.Sealer("release")).Read())
	if plain.Name != sealed.Name {
		t.Errorf("the seal changes the Secret's name from %s to %s", plain.Name, sealed.Name)
	}
	if len(sealed.Data) != len(plain.Data)+2 || len(sealed.Data[kit.SealFile]) == 0 || len(sealed.Data[kit.SealCertificateFile]) == 0 {
		t.Errorf("the Secret has %d keys, without a seal %d", len(sealed.Data), len(plain.Data))
	}
	bySite := secretOf(t, made.Seal(t, kittest.NewSealer(t, "it")).Read())
	if _, ok := bySite.Data[kit.SealCertificateFile]; ok || len(bySite.Data) != len(plain.Data)+1 {
		t.Error("a site's seal has no certificate")
	}
}

func TestKitObjectsCountTheSeal(t *testing.T) {
	k := kittest.NewFederation(t, "demo").Client("site-1", "hospital_a").Read()
	k.Seal = &kit.Seal{Envelope: make([]byte, maxPayload)}
	_, err := KitForm("ns", k)
	if err == nil || !strings.Contains(err.Error(), "seal.dsse.json") {
		t.Errorf("got %v", err)
	}
}

func secretOf(t *testing.T, k *kit.Kit) *corev1.Secret {
	t.Helper()
	objects, err := KitForm("ns", k)
	if err != nil {
		t.Fatal(err)
	}
	return objects[0].(*corev1.Secret)
}

// A kit that was not accepted gives no objects.
func TestUnverifiedKit(t *testing.T) {
	if _, err := KitObjects("ns", acceptance.Verified{}); err == nil {
		t.Error("objects of a kit that was not verified")
	}
	if _, err := NewBuilder("toy", Participant{}, acceptance.Verified{}); err == nil {
		t.Error("a builder with a kit that was not verified")
	}
}
