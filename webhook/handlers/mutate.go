package handlers

import (
	"context"

	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/controller-runtime/pkg/client"
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

// Handle implements admission.Handler.
func (m *mutator) Handle(ctx context.Context, request admission.Request) admission.Response {
	e, err := m.inputs.begin(request)
	if err != nil {
		return m.inputs.undecided(nameMutate, request, err)
	}
	pod, ok := e.review.Object.(*corev1.Pod)
	if !ok || !e.policy.Valid() || e.review.Subresource != "" {
		return m.answer(request, e, nil)
	}
	ctx, cancel := context.WithTimeout(ctx, lookUp)
	defer cancel()
	m.inputs.lookAt(ctx, e, pod)
	if e.policy.WantsKit(pod) {
		m.inputs.candidates(ctx, e)
	}
	changed := e.policy.Mutate(pod, e.facts)
	if changed == pod {
		return m.answer(request, e, nil)
	}
	operations, err := mutation.Marshal(mutation.Patch(pod, changed))
	if err != nil {
		return m.inputs.undecided(nameMutate, request, err)
	}
	return m.answer(request, e, operations)
}

// candidates are the kits that pods of the namespace mount. The webhook may not
// list Secrets; the creator of job pods is such a pod itself.
func (in *Inputs) candidates(ctx context.Context, e *evaluation) {
	pods := &corev1.PodList{}
	if err := in.Reader.List(ctx, pods, client.InNamespace(e.review.Namespace)); err != nil {
		return
	}
	for i := range pods.Items {
		for _, name := range policies.References(&pods.Items[i]) {
			if _, known := e.facts.Kits[name]; !known {
				put(&e.facts.Kits, name, in.Kits.Kit(ctx, e.review.Namespace, name, e.policy.Source()))
			}
		}
	}
}

func (m *mutator) answer(request admission.Request, e *evaluation, operations []byte) admission.Response {
	response := admissionv1.AdmissionResponse{Allowed: true}
	verdict := verdictUnchanged
	if len(operations) > 0 {
		verdict = verdictMutated
		response.Patch, response.PatchType = operations, new(admissionv1.PatchTypeJSONPatch)
	}
	response.AuditAnnotations = map[string]string{policies.AuditPolicy: e.facts.PolicyName, policies.AuditVerdict: verdict}
	m.inputs.Observer.Decided(nameMutate, policies.Operation(request.Operation), e.facts.PolicyName, verdict)
	return admission.Response{AdmissionResponse: response}
}
