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
	if secret, ok := e.review.Object.(*corev1.Secret); ok && strings.HasPrefix(secret.Name, names.PrefixKit) {
		put(&e.facts.Kits, secret.Name, in.Kits.OfSecret(secret, e.policy.Source()))
	}
	return nil
}
