package handlers

import (
	"context"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// verbBreakGlass on a SitePolicy opens the pods that it closes.
const verbBreakGlass = "breakglass"

// breakGlass asks for the verb as the requesting user, once it is needed: a
// request that passes anyway is no break-glass.
func (w *World) breakGlass(ctx context.Context, q *question) bool {
	if q.policy == nil || !mayBreakGlass(q.attributes) {
		return false
	}
	allowed, err := w.Access.Allowed(ctx, q.attributes.User, verbBreakGlass, q.policy.Name)
	q.facts.BreakGlass = err == nil && allowed
	return q.facts.BreakGlass
}

// mayBreakGlass says whether it opens anything for such a request.
func mayBreakGlass(a policies.Attributes) bool {
	return a.Operation == policies.Connect || a.Subresource == "ephemeralcontainers"
}
