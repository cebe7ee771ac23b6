package handlers

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// Pods evaluates pods, and their subresources ephemeralcontainers and resize, which
// bring the whole pod too.
func Pods(inputs *Inputs) admission.Handler {
	return &validator{name: namePods, inputs: inputs, gather: gatherPod}
}

func gatherPod(ctx context.Context, in *Inputs, e *evaluation) error {
	if pod, ok := e.review.Object.(*corev1.Pod); ok {
		in.lookAt(ctx, e, pod)
	}
	return nil
}

// lookAt reads what the pod refers to. What cannot be read is a fact with an
// error.
func (in *Inputs) lookAt(ctx context.Context, e *evaluation, pod *corev1.Pod) {
	namespace := e.review.Namespace
	for _, name := range policies.References(pod) {
		put(&e.facts.Kits, name, in.Kits.Kit(ctx, namespace, name, e.policy.Source()))
	}
	for _, name := range policies.LocalReferences(pod) {
		put(&e.facts.Locals, name, in.Kits.Local(ctx, namespace, name))
	}
	for _, name := range e.policy.ClaimReferences(pod) {
		put(&e.facts.Claims, name, in.claim(ctx, namespace, name))
	}
}

// claim reads to which volume a claim is bound.
func (in *Inputs) claim(ctx context.Context, namespace, name string) policies.ClaimFact {
	claim := &corev1.PersistentVolumeClaim{}
	if err := in.Reader.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, claim); err != nil {
		return policies.ClaimFact{Error: err.Error()}
	}
	return policies.ClaimFact{VolumeName: claim.Spec.VolumeName}
}

// put makes the map when it is needed: most pods refer to nothing.
func put[T any](facts *map[string]T, name string, fact T) {
	if *facts == nil {
		*facts = make(map[string]T, 1)
	}
	(*facts)[name] = fact
}
