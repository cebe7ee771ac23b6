package handlers

import (
	"context"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// verbGovern on a SitePolicy is for users who may change the policy, too.
const verbGovern = "govern"

// govern asks for the verb as the requesting user, and only if the verdict depends on it.
func (in *Inputs) govern(ctx context.Context, e *evaluation, decision policies.Decision) bool {
	if !e.policy.Valid() || !decision.NeedsGovern() {
		return false
	}
	allowed, err := in.Access.Allowed(ctx, e.review.User, verbGovern, e.policy.Name())
	e.facts.Govern = err == nil && allowed
	return e.facts.Govern
}
