package handlers

import (
	"context"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Objects evaluates Secrets and ConfigMaps with a reserved name or the type of a
// kit, by the content of the request: nothing of it is stored yet.
func Objects(inputs *Inputs) admission.Handler {
	return &validator{name: nameObjects, inputs: inputs, gather: gatherReviewed}
}

func gatherReviewed(ctx context.Context, in *Inputs, e *evaluation) error {
	in.launcher(ctx, e)
	switch o := e.review.Object.(type) {
	case *corev1.Secret:
		if strings.HasPrefix(o.Name, names.PrefixKit) {
			put(&e.facts.Kits, o.Name, in.Kits.OfSecret(o, e.policy.Source()))
		}
	case *corev1.ConfigMap:
		if strings.HasPrefix(o.Name, names.PrefixLocal) {
			put(&e.facts.Locals, o.Name, in.Kits.OfConfigMap(o, e.policy.Source()))
		}
	}
	return nil
}
