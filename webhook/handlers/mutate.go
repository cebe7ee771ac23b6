package handlers

import (
	"context"

	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/mutation"
)

// Mutate adds to new pods what the policy demands. It denies nothing that it
// can read: that is for Pods, which evaluates what comes out.
func Mutate(inputs *Inputs) admission.Handler { return &mutator{inputs} }

type mutator struct{ inputs *Inputs }

// The verdicts of mutation.
const (
	verdictMutated   = "mutated"
	verdictUnchanged = "unchanged"
)

// maxMutated is how large a pod may be that is changed, and maxPatch how large the patch:
// a patch can be many times as large as the pod, and its author chooses both. Pods of
// participants have a tenth of it. Larger ones stay as they are, and validation says what
// is missing.
const (
	maxMutated = 256 << 10
	maxPatch   = 512 << 10
)

// Handle implements admission.Handler.
func (m *mutator) Handle(ctx context.Context, request admission.Request) admission.Response {
	e, err := m.inputs.begin(request)
	if err != nil {
		return m.inputs.undecided(nameMutate, request, err)
	}
	pod, ok := e.review.Object.(*corev1.Pod)
	if !ok || len(request.Object.Raw) > maxMutated || !e.policy.Valid() || e.review.Subresource != "" {
		return m.inputs.mutated(nameMutate, request, e, nil)
	}
	ctx, cancel := context.WithTimeout(ctx, lookUp)
	defer cancel()
	m.inputs.lookAt(ctx, e, pod)
	m.inputs.launcher(ctx, e)
	operations, err := mutation.Marshal(e.policy.Patch(pod, e.facts))
	if err != nil {
		return m.inputs.undecided(nameMutate, request, err)
	}
	if len(operations) > maxPatch {
		operations = nil
	}
	return m.inputs.mutated(nameMutate, request, e, operations)
}

// mutated is the answer with a patch, which may be empty.
func (in *Inputs) mutated(handler string, request admission.Request, e *evaluation, operations []byte) admission.Response {
	response := admissionv1.AdmissionResponse{Allowed: true}
	verdict := verdictUnchanged
	if len(operations) > 0 {
		verdict = verdictMutated
		response.Patch, response.PatchType = operations, new(admissionv1.PatchTypeJSONPatch)
	}
	response.AuditAnnotations = map[string]string{policies.AuditPolicy: e.facts.PolicyName, policies.AuditVerdict: verdict}
	in.Observer.Decided(handler, policies.Operation(request.Operation), e.facts.PolicyName, verdict)
	return admission.Response{AdmissionResponse: response}
}
