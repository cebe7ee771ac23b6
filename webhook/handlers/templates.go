package handlers

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// Templates judges workloads by the pods that they would make, so that a person
// learns of a mistake where he made it. Pods are judged again when they come.
func Templates(world *World) admission.Handler {
	return &validator{name: nameTemplates, world: world, gather: gatherTemplate}
}

func gatherTemplate(ctx context.Context, w *World, q *question) error {
	pod, _, ok := policies.Extract(q.attributes.Object)
	if !ok {
		return nil
	}
	w.lookAt(ctx, q, pod)
	if policies.WantsKit(pod) {
		w.candidates(ctx, q)
	}
	return nil
}
