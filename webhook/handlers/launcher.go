package handlers

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// launcher reads the pod that the token of a launcher is bound to, and its kit. The
// name and the UID are facts: the API server writes them into the request after it has
// verified the token.
func (in *Inputs) launcher(ctx context.Context, e *evaluation) {
	name, uid, ok := e.policy.BoundPod(&e.review)
	if !ok || name == "" {
		return
	}
	pod := &corev1.Pod{}
	err := in.Reader.Get(ctx, client.ObjectKey{Namespace: e.review.Namespace, Name: name}, pod)
	switch {
	case apierrors.IsNotFound(err):
		e.facts.Launcher = &policies.LauncherFact{Error: fmt.Sprintf("the pod %q does not exist", name)}
	case err != nil:
		e.facts.Launcher = &policies.LauncherFact{Error: fmt.Sprintf("the pod %q cannot be read: %v", name, err)}
	case pod.UID != uid:
		e.facts.Launcher = &policies.LauncherFact{Error: fmt.Sprintf("the pod %q was replaced: its UID is not that of the token", name)}
	default:
		e.facts.Launcher = policies.LauncherPod(pod)
		in.kit(ctx, e, e.facts.Launcher.KitName)
		in.locals(ctx, e, e.facts.Launcher.LocalNames)
	}
}
