package certificates

import (
	"bytes"
	"context"
	"fmt"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
)

// ensureInjected makes sure that the API server trusts the authority. It asks the
// API server only if the authority has changed or injectEvery has passed.
func (s *SelfSigned) ensureInjected(ctx context.Context, bundle []byte) error {
	now := s.clock.Now()
	if bytes.Equal(bundle, s.injected) && now.Sub(s.injectedAt) < injectEvery {
		return nil
	}
	if err := s.inject(ctx, bundle); err != nil {
		return err
	}
	s.injected, s.injectedAt = bundle, now
	return nil
}

// inject writes the authority into our own webhook configurations, and nothing
// else of them.
func (s *SelfSigned) inject(ctx context.Context, bundle []byte) error {
	validating := &admissionregistrationv1.ValidatingWebhookConfiguration{}
	mutating := &admissionregistrationv1.MutatingWebhookConfiguration{}
	for _, configuration := range []client.Object{validating, mutating} {
		if err := s.client.Get(ctx, client.ObjectKey{Name: s.options.Configuration}, configuration); err != nil {
			return fmt.Errorf("the webhook configuration %q cannot be read: %w", s.options.Configuration, err)
		}
	}
	changed := false
	for i := range validating.Webhooks {
		changed = trust(&validating.Webhooks[i].ClientConfig, bundle) || changed
	}
	if err := s.write(ctx, validating, changed); err != nil {
		return err
	}
	changed = false
	for i := range mutating.Webhooks {
		changed = trust(&mutating.Webhooks[i].ClientConfig, bundle) || changed
	}
	return s.write(ctx, mutating, changed)
}

func (s *SelfSigned) write(ctx context.Context, configuration client.Object, changed bool) error {
	if !changed {
		return nil
	}
	if err := s.client.Update(ctx, configuration); err != nil {
		return fmt.Errorf("the authority cannot be written into the webhook configuration %q: %w", s.options.Configuration, err)
	}
	return nil
}

func trust(config *admissionregistrationv1.WebhookClientConfig, bundle []byte) bool {
	if bytes.Equal(config.CABundle, bundle) {
		return false
	}
	config.CABundle = bundle
	return true
}
