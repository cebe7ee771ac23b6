package handlers

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies/mutation"
)

// MutateSecrets empties the Secrets in which a launcher copies its kit. Who may write them, and
// that they are empty, is for Objects.
func MutateSecrets(inputs *Inputs) admission.Handler { return &secretMutator{inputs} }

type secretMutator struct{ inputs *Inputs }

// Handle implements admission.Handler.
func (m *secretMutator) Handle(_ context.Context, request admission.Request) admission.Response {
	e, err := m.inputs.begin(request)
	if err != nil {
		return m.inputs.undecided(nameMutateSecrets, request, err)
	}
	secret, ok := e.review.Object.(*corev1.Secret)
	if !ok {
		return m.inputs.mutated(nameMutateSecrets, request, e, nil)
	}
	old, _ := e.review.OldObject.(*corev1.Secret)
	operations, err := mutation.Marshal(e.policy.Empty(secret, old))
	if err != nil {
		return m.inputs.undecided(nameMutateSecrets, request, err)
	}
	return m.inputs.mutated(nameMutateSecrets, request, e, operations)
}
