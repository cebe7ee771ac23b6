package handlers

import (
	"context"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// verbBreakGlass on a SitePolicy is for users who may open the pods that it closes.
const verbBreakGlass = "breakglass"

// breakGlass asks for the verb as the requesting user, once it is needed: a
// request that passes anyway is no break-glass, and without an opened one no verb helps.
func (in *Inputs) breakGlass(ctx context.Context, e *evaluation) bool {
	if _, open := e.policy.BreakGlass(e.facts.Now); !open || !mayBreakGlass(e.review) {
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

// BreakGlassUse is one request that break-glass allowed.
type BreakGlassUse struct {
	Policy, User                           string
	Namespace, Resource, Name, Subresource string
	Reason                                 string
	Until, At                              time.Time
}

// Recorder makes Events.
type Recorder interface {
	BreakGlass(ctx context.Context, use BreakGlassUse) error
}

// used reports that break-glass allowed a request. An Event that cannot be made denies
// nothing: the metric, the log and the API server's audit log have it too.
func (in *Inputs) used(ctx context.Context, e *evaluation) {
	opened, _ := e.policy.BreakGlass(e.facts.Now)
	r := &e.review
	use := BreakGlassUse{
		Policy: e.policy.Name(), User: r.User.Username, Namespace: r.Namespace, Resource: r.Resource.Resource, Name: r.Name,
		Subresource: r.Subresource, Reason: opened.Reason, Until: opened.Until, At: e.facts.Now,
	}
	in.Observer.BreakGlass(use)
	if r.DryRun || in.Events == nil {
		return
	}
	if err := in.Events.BreakGlass(ctx, use); err != nil {
		in.Observer.Log("break-glass", err.Error())
	}
}
