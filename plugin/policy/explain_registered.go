package policy

import (
	"fmt"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
)

// registered takes the webhook's registration from the files, or else the one
// that `kubectl flare install` would write.
func (s *inputs) registered(objects []source.Object) error {
	for _, o := range objects {
		switch c := o.Typed.(type) {
		case *admissionregistrationv1.MutatingWebhookConfiguration:
			s.hooks = append(s.hooks, mutatingHooks(c)...)
		case *admissionregistrationv1.ValidatingWebhookConfiguration:
			s.hooks = append(s.hooks, validatingHooks(c)...)
		}
	}
	if s.hooksFrom = "the files"; s.hooks != nil {
		return nil
	}
	s.hooksFrom = "what `kubectl flare install` writes; no cluster was contacted"
	return s.shipped()
}

// shipped is the registration of this version.
func (s *inputs) shipped() error {
	objects, err := manifests.Objects(s.prefixes, manifests.Options{Certs: manifests.SelfSigned})
	if err != nil {
		return err
	}
	convert := runtime.DefaultUnstructuredConverter.FromUnstructured
	for _, o := range objects {
		switch o.GetKind() {
		case "MutatingWebhookConfiguration":
			c := &admissionregistrationv1.MutatingWebhookConfiguration{}
			err = convert(o.Object, c)
			s.hooks = append(s.hooks, mutatingHooks(c)...)
		case "ValidatingWebhookConfiguration":
			c := &admissionregistrationv1.ValidatingWebhookConfiguration{}
			err = convert(o.Object, c)
			s.hooks = append(s.hooks, validatingHooks(c)...)
		}
		if err != nil {
			return fmt.Errorf("the webhook's registration: %w", err)
		}
	}
	return nil
}
