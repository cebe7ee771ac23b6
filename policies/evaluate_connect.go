package policies

import (
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// connect evaluates exec, attach, port-forward and proxy by the pods that they
// reach. The request contains only options, so the caller looks up the pods. If it
// cannot, the request is denied.
func (p *Policy) connect(r *Review, f *Facts) []checks.Result {
	pods, services := schema.GroupResource{Resource: "pods"}, schema.GroupResource{Resource: "services"}
	switch {
	case r.Resource == pods && slices.Contains([]string{"exec", "attach", "portforward", "proxy"}, r.Subresource):
	case r.Resource == services && r.Subresource == "proxy":
	default:
		return unknown(r)
	}
	if f.BreakGlass {
		return nil
	}
	if f.Targets == nil || (r.Resource == pods && len(f.Targets) == 0) {
		return []checks.Result{{
			ID: checks.IDInteractive, Field: r.Subresource, Reason: "the pod cannot be looked up",
			Detail: "access depends on its role", Fix: "make sure that it exists, and try again",
		}}
	}
	for _, pod := range f.Targets {
		if results := checks.Interactive(checks.NewPod(pod, p.site, f, r.request()), r.Subresource); results != nil {
			return results
		}
	}
	return nil
}
