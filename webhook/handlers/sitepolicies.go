package handlers

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// SitePolicies judges SitePolicies by what the CRD's schema cannot say. No other
// policy governs them.
func SitePolicies(world *World) admission.Handler {
	return admission.HandlerFunc(func(_ context.Context, request admission.Request) admission.Response {
		attributes, err := attributesOf(&request)
		if err != nil {
			return world.undecided(nameSitePolicies, request, err)
		}
		decision := policies.EvaluateSitePolicy(attributes)
		// The policy's own name would be a label of a metric that anybody can make
		// up.
		world.Observer.Decided(nameSitePolicies, attributes.Operation, "", decision.AuditAnnotations[policies.AuditVerdict])
		return answer(decision)
	})
}
