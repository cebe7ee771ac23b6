package handlers

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Objects judges Secrets and ConfigMaps with a reserved name or the type of a
// kit, by what stands in the request: nothing of it is stored yet.
func Objects(world *World) admission.Handler {
	return &validator{name: nameObjects, world: world, gather: gatherReviewed}
}

func gatherReviewed(_ context.Context, w *World, q *question) error {
	if secret, ok := q.attributes.Object.(*corev1.Secret); ok && checks.HasPrefix(secret.Name, names.PrefixKit) {
		put(&q.facts.Kits, secret.Name, w.Kits.OfSecret(secret, q.policy))
	}
	return nil
}
