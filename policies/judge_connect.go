package policies

import (
	"slices"

	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// judgeConnect judges exec, attach, port-forward and proxy by the pods that they
// reach. The request itself carries only options, so the caller looks the pods
// up; if it could not, nobody gets in.
func judgeConnect(a *Attributes, policy *v1alpha1.SitePolicy, f *Facts) []checks.Result {
	pods, services := schema.GroupResource{Resource: "pods"}, schema.GroupResource{Resource: "services"}
	switch {
	case a.Resource == pods && slices.Contains([]string{"exec", "attach", "portforward", "proxy"}, a.Subresource):
	case a.Resource == services && a.Subresource == "proxy":
	default:
		return unknown(a)
	}
	if f.BreakGlass {
		return nil
	}
	if f.Targets == nil || (a.Resource == pods && len(f.Targets) == 0) {
		return []checks.Result{{
			ID: checks.IDInteractive, Field: a.Subresource, Reason: "the pod is not known",
			Detail: "it could not be looked up", Fix: "make sure that it exists, and try again",
		}}
	}
	for _, pod := range f.Targets {
		if results := checks.Interactive(checks.NewPod(pod, policy, f, a.request()), a.Subresource); results != nil {
			return results
		}
	}
	return nil
}
