package policies

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/mutation"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// judgeTemplate judges a workload by the pod that it would make, as mutation
// would leave it: so a person learns of a mistake where it was made.
func judgeTemplate(a *Attributes, policy *v1alpha1.SitePolicy, f *Facts) []checks.Result {
	if a.Subresource != "" {
		return unknown(a)
	}
	pod, path, ok := Extract(a.Object)
	if !ok {
		return unknown(a)
	}
	if old, _, ok := Extract(a.OldObject); ok && a.Operation == Update && equality.Semantic.DeepEqual(old.Spec, pod.Spec) {
		return nil // scaled, paused, labelled
	}
	return checks.Run(templatePod(a, pod, path, policy, f))
}

// templatePod is the pod of a template as the checks see it, after mutation.
func templatePod(a *Attributes, pod *corev1.Pod, path *field.Path, policy *v1alpha1.SitePolicy, f *Facts) *checks.Pod {
	pod.Namespace = a.Namespace
	r := a.request()
	r.Template, r.Create, r.Prefix = true, true, path.String()
	return checks.NewPod(mutation.Mutate(pod, policy, *f), policy, f, r)
}

// significant says whether an update of a pod changes anything but what cannot
// matter here. The list is of what does not matter: a field that is new to
// Kubernetes is significant.
func significant(pod, old *corev1.PodSpec) bool {
	return !equality.Semantic.DeepEqual(withoutHarmless(*pod), withoutHarmless(*old))
}

func withoutHarmless(spec corev1.PodSpec) corev1.PodSpec {
	spec.Tolerations = nil
	spec.NodeName, spec.NodeSelector, spec.Affinity = "", nil, nil
	spec.ActiveDeadlineSeconds, spec.TerminationGracePeriodSeconds = nil, nil
	spec.TopologySpreadConstraints = nil
	spec.Priority, spec.PriorityClassName, spec.PreemptionPolicy = nil, "", nil
	return spec
}
