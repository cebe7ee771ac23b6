package handlers

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// Pods judges pods, and their subresources ephemeralcontainers and resize, which
// bring the whole pod too.
func Pods(world *World) admission.Handler {
	return &validator{name: namePods, world: world, gather: gatherPod}
}

func gatherPod(ctx context.Context, w *World, q *question) error {
	if pod, ok := q.attributes.Object.(*corev1.Pod); ok {
		w.lookAt(ctx, q, pod)
	}
	return nil
}

// lookAt reads what the pod refers to. What cannot be read is a fact with an
// error.
func (w *World) lookAt(ctx context.Context, q *question, pod *corev1.Pod) {
	namespace := q.attributes.Namespace
	for _, name := range policies.References(pod) {
		put(&q.facts.Kits, name, w.Kits.Kit(ctx, namespace, name, q.policy))
	}
	for _, name := range policies.LocalReferences(pod) {
		put(&q.facts.Locals, name, w.Kits.Local(ctx, namespace, name))
	}
	for _, name := range policies.ClaimReferences(pod, q.policy) {
		put(&q.facts.Claims, name, w.claim(ctx, namespace, name))
	}
}

// claim reads to which volume a claim is bound.
func (w *World) claim(ctx context.Context, namespace, name string) policies.ClaimFact {
	claim := &corev1.PersistentVolumeClaim{}
	if err := w.Reader.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, claim); err != nil {
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
