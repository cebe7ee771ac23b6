package certificates

import (
	"bytes"
	"context"
	"crypto/x509"
	"testing"
	"time"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/utils/clock"
	testingclock "k8s.io/utils/clock/testing"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/client/fake"
)

func cluster(t *testing.T) client.Client {
	t.Helper()
	scheme := runtime.NewScheme()
	builder := runtime.NewSchemeBuilder(corev1.AddToScheme, admissionregistrationv1.AddToScheme)
	if err := builder.AddToScheme(scheme); err != nil {
		t.Fatal(err)
	}
	validating, mutating := &admissionregistrationv1.ValidatingWebhookConfiguration{}, &admissionregistrationv1.MutatingWebhookConfiguration{}
	validating.Name, mutating.Name = "flare-webhook", "flare-webhook"
	validating.Webhooks = []admissionregistrationv1.ValidatingWebhook{{Name: "a"}, {Name: "b"}}
	mutating.Webhooks = []admissionregistrationv1.MutatingWebhook{{Name: "c"}}
	return fake.NewClientBuilder().WithScheme(scheme).WithObjects(validating, mutating).Build()
}

func replica(t *testing.T, c client.Client, clk *testingclock.FakeClock) *SelfSigned {
	t.Helper()
	return NewSelfSigned(c, SelfSignedOptions{
		Namespace: "flare-system", Secret: "certs", Configuration: "flare-webhook", DNSNames: []string{"flare-webhook.flare-system.svc"}, Every: time.Minute,
	}, clk, func(err error) { t.Error(err) })
}

func bundle(t *testing.T, c client.Client) []byte {
	t.Helper()
	configuration := &admissionregistrationv1.ValidatingWebhookConfiguration{}
	if err := c.Get(t.Context(), client.ObjectKey{Name: "flare-webhook"}, configuration); err != nil {
		t.Fatal(err)
	}
	a, b := configuration.Webhooks[0].ClientConfig.CABundle, configuration.Webhooks[1].ClientConfig.CABundle
	if !bytes.Equal(a, b) {
		t.Error("not every webhook has the authority")
	}
	return a
}

// trusted says whether what a replica serves is valid for the bundle.
func trusted(t *testing.T, s *SelfSigned, bundle []byte, now time.Time) bool {
	t.Helper()
	pool := x509.NewCertPool()
	pool.AppendCertsFromPEM(bundle)
	_, err := s.pair.Load().Leaf.Verify(x509.VerifyOptions{Roots: pool, CurrentTime: now, DNSName: "flare-webhook.flare-system.svc"})
	return err == nil
}

// Over five years, with two replicas that look at different times, what is
// served is always trusted.
func TestRotation(t *testing.T) {
	c, clk := cluster(t), testingclock.NewFakeClock(time.Now())
	a, b := replica(t, c, clk), replica(t, c, clk)
	leaves := map[string]bool{}
	for day := range 5 * 365 {
		for _, s := range []*SelfSigned{a, b} {
			if err := s.renew(t.Context()); err != nil {
				t.Fatal(err)
			}
			for _, other := range []*SelfSigned{a, b} {
				if other.pair.Load() != nil && !trusted(t, other, bundle(t, c), clk.Now()) {
					t.Fatalf("day %d: what is served is not trusted", day)
				}
			}
			leaves[a.NotAfter().String()] = true
		}
		clk.Step(24 * time.Hour)
	}
	if len(leaves) < 20 {
		t.Errorf("only %d certificates in five years", len(leaves))
	}
}

// The one that loses the race takes what the winner wrote.
func TestTwoAtOnce(t *testing.T) {
	c, clk := cluster(t), testingclock.NewFakeClock(time.Now())
	a, b := replica(t, c, clk), replica(t, c, clk)
	late := &lateClient{Client: c, before: func() {
		if err := a.renew(t.Context()); err != nil {
			t.Error(err)
		}
	}}
	b.client = late
	if err := b.renew(t.Context()); err == nil {
		t.Error("the loser did not notice")
	}
	if err := b.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !a.pair.Load().Leaf.Equal(b.pair.Load().Leaf) {
		t.Error("two certificates")
	}
}

// What another replica has renewed is in use within a second, and so is an
// authority that is made again because somebody has emptied the Secret.
func TestChangesAreInUseWithinASecond(t *testing.T) {
	c := cluster(t)
	options := replica(t, c, nil).options
	options.Every = 500 * time.Millisecond
	a := NewSelfSigned(c, options, clock.RealClock{}, func(err error) { t.Error(err) })
	go func() { _ = a.Run(t.Context()) }()
	within(t, time.Second, "the first certificate", func() bool { return a.Ready() == nil })
	before := a.pair.Load().Leaf

	secret := &corev1.Secret{}
	if err := c.Get(t.Context(), client.ObjectKey{Namespace: "flare-system", Name: "certs"}, secret); err != nil {
		t.Fatal(err)
	}
	secret.Data = nil
	if err := c.Update(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	within(t, time.Second, "a new authority", func() bool { return !a.pair.Load().Leaf.Equal(before) })
	if !trusted(t, a, bundle(t, c), time.Now()) {
		t.Error("what is served is not trusted")
	}
}

// A caBundle that somebody has changed is ours again after ten seconds; until
// then the API server is not asked.
func TestForeignBundleIsReplaced(t *testing.T) {
	c, clk := cluster(t), testingclock.NewFakeClock(time.Now())
	s := replica(t, c, clk)
	if err := s.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	ours := bundle(t, c)
	configuration := &admissionregistrationv1.ValidatingWebhookConfiguration{}
	if err := c.Get(t.Context(), client.ObjectKey{Name: "flare-webhook"}, configuration); err != nil {
		t.Fatal(err)
	}
	for i := range configuration.Webhooks {
		configuration.Webhooks[i].ClientConfig.CABundle = []byte("foreign")
	}
	if err := c.Update(t.Context(), configuration); err != nil {
		t.Fatal(err)
	}
	for _, step := range []struct {
		after time.Duration
		want  string
	}{{9 * time.Second, "foreign"}, {time.Second, string(ours)}} {
		clk.Step(step.after)
		if err := s.renew(t.Context()); err != nil {
			t.Fatal(err)
		}
		if got := string(bundle(t, c)); got != step.want {
			t.Errorf("%s later: %s", step.after, got)
		}
	}
}

// lateClient lets something happen between a look and the write that follows.
type lateClient struct {
	client.Client
	before func()
}

func (l *lateClient) Create(ctx context.Context, obj client.Object, opts ...client.CreateOption) error {
	if l.before != nil {
		l.before()
		l.before = nil
	}
	return l.Client.Create(ctx, obj, opts...)
}

func TestBrokenSecretIsReplaced(t *testing.T) {
	c, clk := cluster(t), testingclock.NewFakeClock(time.Now())
	secret := &corev1.Secret{Data: map[string][]byte{keyCA: []byte("x"), keyCAKey: []byte("y")}}
	secret.Namespace, secret.Name = "flare-system", "certs"
	secret.Type = corev1.SecretTypeOpaque
	if err := c.Create(t.Context(), secret); err != nil {
		t.Fatal(err)
	}
	s := replica(t, c, clk)
	if err := s.renew(t.Context()); err != nil {
		t.Fatal(err)
	}
	if !trusted(t, s, bundle(t, c), clk.Now()) {
		t.Error("not trusted")
	}
}
