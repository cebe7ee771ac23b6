package handlers

import (
	"context"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// verbBreakGlass on a SitePolicy opens the pods that it closes.
const verbBreakGlass = "breakglass"

// breakGlass asks for the verb as the requesting user, once it is needed: a
// request that passes anyway is no break-glass.
func (in *Inputs) breakGlass(ctx context.Context, e *evaluation) bool {
	if !e.policy.Valid() || !mayBreakGlass(e.review) {
		return false
	}
	allowed, err := in.Access.Allowed(ctx, e.review.User, verbBreakGlass, e.policy.Name())
	e.facts.BreakGlass = err == nil && allowed
	return e.facts.BreakGlass
}

// mayBreakGlass says whether it opens anything for such a request.
func mayBreakGlass(a policies.Review) bool {
	return a.Operation == policies.Connect || a.Subresource == "ephemeralcontainers"
}
