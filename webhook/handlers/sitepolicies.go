package handlers

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// SitePolicies evaluates SitePolicies by what the CRD's schema cannot say, and by who
// changes their rules or opens break-glass. No other policy governs them.
func SitePolicies(inputs *Inputs) admission.Handler {
	return admission.HandlerFunc(func(ctx context.Context, request admission.Request) admission.Response {
		r, err := reviewOf(&request)
		if err != nil {
			return inputs.undecided(nameSitePolicies, request, err)
		}
		ctx, cancel := context.WithTimeout(ctx, lookUp)
		defer cancel()
		f := policies.Facts{Now: inputs.Clock.Now()}
		f.Govern = policies.ChangesPolicy(&r) && inputs.has(ctx, &r, verbGovern)
		f.BreakGlass = policies.OpensBreakGlass(&r) && inputs.has(ctx, &r, verbBreakGlass)
		decision := inputs.Catalog.EvaluateSitePolicy(r, f)
		// The policy's own name would be a label of a metric that anybody can make
		// up.
		inputs.Observer.Decided(nameSitePolicies, r.Operation, "", decision.AuditAnnotations[policies.AuditVerdict])
		inputs.violated(nameSitePolicies, "", "", decision)
		if !decision.Allowed {
			inputs.denied(nameSitePolicies, request, r.Name, decision.Message())
		}
		return answer(decision)
	})
}

// has says whether the requesting user has a verb on the SitePolicy that they write. A
// question without an answer is a no.
func (in *Inputs) has(ctx context.Context, r *policies.Review, verb string) bool {
	allowed, err := in.Access.Allowed(ctx, r.User, verb, r.Name)
	return err == nil && allowed
}
