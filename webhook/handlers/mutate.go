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

// Mutate adds to new pods what the policy demands. It refuses nothing that it
// can read: that is for Pods, which judges what comes out.
func Mutate(world *World) admission.Handler { return &mutator{world} }

type mutator struct{ world *World }

// The verdicts of mutation.
const (
	verdictMutated   = "mutated"
	verdictUnchanged = "unchanged"
)

// Handle implements admission.Handler.
func (m *mutator) Handle(ctx context.Context, request admission.Request) admission.Response {
	q, err := m.world.ask(request)
	if err != nil {
		return m.world.undecided(nameMutate, request, err)
	}
	pod, ok := q.attributes.Object.(*corev1.Pod)
	if !ok || q.policy == nil || q.attributes.Subresource != "" {
		return m.answer(request, q, nil)
	}
	ctx, cancel := context.WithTimeout(ctx, lookUp)
	defer cancel()
	m.world.lookAt(ctx, q, pod)
	if policies.WantsKit(pod) {
		m.world.candidates(ctx, q)
	}
	changed := mutation.Mutate(pod, q.policy, q.facts)
	if changed == pod {
		return m.answer(request, q, nil)
	}
	operations, err := mutation.Marshal(mutation.Patch(pod, changed))
	if err != nil {
		return m.world.undecided(nameMutate, request, err)
	}
	return m.answer(request, q, operations)
}

// candidates are the kits that pods of the namespace mount. The webhook may not
// list Secrets; whoever makes job pods is such a pod himself.
func (w *World) candidates(ctx context.Context, q *question) {
	pods := &corev1.PodList{}
	if err := w.Reader.List(ctx, pods, client.InNamespace(q.attributes.Namespace)); err != nil {
		return
	}
	for i := range pods.Items {
		for _, name := range policies.References(&pods.Items[i]) {
			if _, known := q.facts.Kits[name]; !known {
				put(&q.facts.Kits, name, w.Kits.Kit(ctx, q.attributes.Namespace, name, q.policy))
			}
		}
	}
}

func (m *mutator) answer(request admission.Request, q *question, operations []byte) admission.Response {
	response := admissionv1.AdmissionResponse{Allowed: true}
	verdict := verdictUnchanged
	if len(operations) > 0 {
		verdict = verdictMutated
		response.Patch, response.PatchType = operations, new(admissionv1.PatchTypeJSONPatch)
	}
	response.AuditAnnotations = map[string]string{policies.AuditPolicy: q.facts.PolicyName, policies.AuditVerdict: verdict}
	m.world.Observer.Decided(nameMutate, policies.Operation(request.Operation), q.facts.PolicyName, verdict)
	return admission.Response{AdmissionResponse: response}
}
