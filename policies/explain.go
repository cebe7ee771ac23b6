package policies

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Explain gives what every check says about a pod, or about the pod that a
// workload would make, and the pod as the checks see it. It looks at what
// Evaluate looks at, and at nothing that Evaluate does not. nil means that there
// is no pod to look at. The policy must have its defaults and be valid.
func Explain(a Attributes, policy *v1alpha1.SitePolicy, f Facts) (*checks.Pod, []checks.Finding) {
	if policy == nil {
		return nil, nil
	}
	p := podOf(&a, policy, &f)
	if p == nil {
		return nil, nil
	}
	return p, checks.Explain(p)
}

func podOf(a *Attributes, policy *v1alpha1.SitePolicy, f *Facts) *checks.Pod {
	if pod, ok := a.Object.(*corev1.Pod); ok {
		return checks.NewPod(pod, policy, f, a.request())
	}
	if pod, path, ok := Extract(a.Object); ok {
		return templatePod(a, pod, path, policy, f)
	}
	return nil
}
