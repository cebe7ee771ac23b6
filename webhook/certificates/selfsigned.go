package certificates

import (
	"bytes"
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// The keys of the Secret. ca.crt holds the present authority and, after a
// rotation, the one before it, so that each is trusted as long as it is in use.
const (
	keyCA    = "ca.crt"
	keyCAKey = "ca.key"
)

// injectEvery is how often the webhook configurations are compared with the
// authority even if that has not changed: somebody may have written them.
const injectEvery = 10 * time.Second

// SelfSigned is a source with an authority of its own, which all replicas share
// in one Secret. It reads the Secret again and again, and does not watch it: a
// watch would need the right to list Secrets.
type SelfSigned struct {
	current
	client   client.Client
	clock    clock.WithTicker
	options  SelfSignedOptions
	complain func(error)
	// injected is the authority that was last written into the webhook
	// configurations, or found there, and injectedAt when.
	injected   []byte
	injectedAt time.Time
}

// SelfSignedOptions say where it works.
type SelfSignedOptions struct {
	// Namespace and Secret are where authority and certificate are kept.
	Namespace, Secret string
	// DNSNames are the names of the webhook's Service.
	DNSNames []string
	// Configuration is the name of the ValidatingWebhookConfiguration and of the
	// MutatingWebhookConfiguration that get the authority as caBundle.
	Configuration string
	// Every is how often it reads the Secret: what another replica has renewed is
	// in use after that time.
	Every time.Duration
}

// NewSelfSigned makes a SelfSigned. complain is given what goes wrong; it tries
// again.
func NewSelfSigned(c client.Client, options SelfSignedOptions, clk clock.WithTicker, complain func(error)) *SelfSigned {
	return &SelfSigned{client: c, options: options, clock: clk, complain: complain}
}

// Run implements Source.
func (s *SelfSigned) Run(ctx context.Context) error {
	wait := time.Duration(0)
	for {
		select {
		case <-ctx.Done():
			return nil
		case <-s.clock.After(wait):
		}
		wait = s.options.Every
		if err := s.renew(ctx); err != nil && ctx.Err() == nil {
			s.complain(err)
			wait = min(wait, time.Second)
		}
	}
}

// renew makes what is missing or too old, takes it into use and tells the API
// server whom to trust. Another replica may do the same at the same time: the
// Secret's resource version decides, and the loser takes what the winner wrote.
func (s *SelfSigned) renew(ctx context.Context) error {
	secret, err := s.load(ctx)
	if err != nil {
		return err
	}
	// Trust comes before use: with a certificate that the API server does not
	// trust yet, requests would be lost.
	if err := s.ensureInjected(ctx, secret.Data[keyCA]); err != nil {
		return err
	}
	return s.use(secret.Data[corev1.TLSCertKey], secret.Data[corev1.TLSPrivateKeyKey])
}

func (s *SelfSigned) load(ctx context.Context) (*corev1.Secret, error) {
	secret := &corev1.Secret{}
	key := client.ObjectKey{Namespace: s.options.Namespace, Name: s.options.Secret}
	err := s.client.Get(ctx, key, secret)
	absent := apierrors.IsNotFound(err)
	if err != nil && !absent {
		return nil, fmt.Errorf("the Secret with the serving certificate cannot be read: %w", err)
	}
	data, err := refresh(secret.Data, s.options.DNSNames, s.clock.Now())
	if err != nil {
		return nil, err
	}
	if !absent && same(secret.Data, data) {
		return secret, nil
	}
	secret.ObjectMeta = metav1.ObjectMeta{Namespace: key.Namespace, Name: key.Name, ResourceVersion: secret.ResourceVersion, Labels: secret.Labels}
	secret.Data = data
	if absent {
		secret.Type = corev1.SecretTypeTLS
		err = s.client.Create(ctx, secret)
	} else {
		err = s.client.Update(ctx, secret)
	}
	if err != nil {
		return nil, fmt.Errorf("the Secret with the serving certificate cannot be written: %w", err)
	}
	return secret, nil
}

func same(a, b map[string][]byte) bool {
	for key := range b {
		if !bytes.Equal(a[key], b[key]) {
			return false
		}
	}
	return len(a) == len(b)
}
