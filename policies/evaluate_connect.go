package policies

import (
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// connect evaluates exec, attach, port-forward and proxy by the pods that they
// reach. The request contains only options, so the caller looks up the pods. If it
// cannot, the request is denied.
func (p *Policy) connect(r *Review, f *Facts) []checks.Result {
	resource := r.Resource.String()
	switch {
	case resource == pods && slices.Contains([]string{"exec", "attach", "portforward", "proxy"}, r.Subresource):
	case resource == services && r.Subresource == "proxy":
	default:
		return unknown(r)
	}
	if f.BreakGlass {
		return nil
	}
	if f.Targets == nil || (resource == pods && len(f.Targets) == 0) {
		return []checks.Result{{
			ID: checks.IDInteractive, Field: r.Subresource, Reason: "the pod cannot be looked up",
			Detail: "access depends on its role", Fix: "make sure that it exists, and try again",
		}}
	}
	for _, pod := range f.Targets {
		if results := checks.Interactive(checks.NewPod(pod, p.site, f, p.request(r)), r.Subresource); results != nil {
			return results
		}
	}
	return nil
}
