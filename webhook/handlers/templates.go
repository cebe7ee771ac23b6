package handlers

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// Templates evaluates workloads by the pods that they would make, so that people
// learn of a mistake where they made it. Pods are evaluated again when they come.
func Templates(inputs *Inputs) admission.Handler {
	return &validator{name: nameTemplates, inputs: inputs, gather: gatherTemplate}
}

func gatherTemplate(ctx context.Context, in *Inputs, e *evaluation) error {
	pod, _, ok := policies.Extract(e.review.Object)
	if !ok {
		return nil
	}
	in.lookAt(ctx, e, pod)
	in.secrets(ctx, e, pod)
	return nil
}
