package handlers

import (
	"context"

	corev1 "k8s.io/api/core/v1"
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
		in.secrets(ctx, e, pod)
		in.launcher(ctx, e)
	}
	return nil
}

// maxLookUps is how many objects one request may have looked up, maxSame how many kits
// or ConfigMaps of one pod, and maxSecrets how many other Secrets: the author of a pod
// writes how many it refers to, and a pod with two kits is denied anyway. The other
// references have no fact, which package policies denies.
const (
	maxLookUps = 50
	maxSame    = 2
	maxSecrets = 20
)

// lookAt reads what the pod refers to. What cannot be read is a fact with an
// error.
func (in *Inputs) lookAt(ctx context.Context, e *evaluation, pod *corev1.Pod) {
	namespace := e.review.Namespace
	for _, name := range first(maxSame, policies.References(pod)) {
		in.kit(ctx, e, name)
	}
	in.locals(ctx, e, policies.LocalReferences(pod))
	for _, name := range policies.ClaimReferences(pod) {
		if e.mayLookUp() {
			put(&e.facts.Claims, name, in.Kits.Claim(ctx, namespace, name))
		}
	}
}

// locals reads and verifies local/ in ConfigMaps.
func (in *Inputs) locals(ctx context.Context, e *evaluation, names []string) {
	for _, name := range first(maxSame, names) {
		if e.mayLookUp() {
			put(&e.facts.Locals, name, in.Kits.Local(ctx, e.review.Namespace, name, e.policy.Source()))
		}
	}
}

// secrets looks for key material in the Secrets of a pod that is no participant.
func (in *Inputs) secrets(ctx context.Context, e *evaluation, pod *corev1.Pod) {
	for _, name := range first(maxSecrets, e.policy.SecretReferences(pod)) {
		if e.mayLookUp() {
			put(&e.facts.Secrets, name, in.Kits.Secret(ctx, e.review.Namespace, name, e.policy.Source()))
		}
	}
}

func first[T any](n int, all []T) []T { return all[:min(n, len(all))] }

// mayLookUp counts a look-up.
func (e *evaluation) mayLookUp() bool {
	e.lookUps++
	return e.lookUps <= maxLookUps
}

// kit reads and verifies the kit in a Secret, once for a request.
func (in *Inputs) kit(ctx context.Context, e *evaluation, name string) {
	if _, known := e.facts.Kits[name]; known || name == "" || !e.mayLookUp() {
		return
	}
	put(&e.facts.Kits, name, in.Kits.Kit(ctx, e.review.Namespace, name, e.policy.Source()))
}

// put makes the map when it is needed: most pods refer to nothing.
func put[T any](facts *map[string]T, name string, fact T) {
	if *facts == nil {
		*facts = make(map[string]T, 1)
	}
	(*facts)[name] = fact
}
