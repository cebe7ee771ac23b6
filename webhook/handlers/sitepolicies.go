package handlers

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// SitePolicies evaluates SitePolicies by what the CRD's schema cannot say. No other
// policy governs them.
func SitePolicies(inputs *Inputs) admission.Handler {
	return admission.HandlerFunc(func(_ context.Context, request admission.Request) admission.Response {
		attributes, err := reviewOf(&request)
		if err != nil {
			return inputs.undecided(nameSitePolicies, request, err)
		}
		decision := inputs.Catalog.EvaluateSitePolicy(attributes)
		// The policy's own name would be a label of a metric that anybody can make
		// up.
		inputs.Observer.Decided(nameSitePolicies, attributes.Operation, "", decision.AuditAnnotations[policies.AuditVerdict])
		return answer(decision)
	})
}
