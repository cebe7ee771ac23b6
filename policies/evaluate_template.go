package policies

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// template evaluates a workload by the pod that it would make, after mutation, so
// that users see a mistake in the object that they create.
func (p *Policy) template(r *Review, f *Facts) []checks.Result {
	if r.Subresource != "" {
		return unknown(r)
	}
	pod, path, ok := Extract(r.Object)
	if !ok {
		return unknown(r)
	}
	request := p.templateRequest(r, path)
	if old, _, ok := Extract(r.OldObject); ok && r.Operation == Update && len(request.Unknown) == 0 && equality.Semantic.DeepEqual(old.Spec, pod.Spec) {
		// Only scaled, paused, labelled or restarted. Annotations that the template
		// already had are not evaluated again.
		request.OldAnnotations = old.Annotations
		results := p.annotations(pod, f, request)
		if p.rulesSee(pod, old) {
			results = append(results, checks.SiteRules(p.templatePod(r, pod, path, f))...)
		}
		return results
	}
	return p.checks.Run(p.templatePod(r, pod, path, f))
}

// templatePod is the pod of a template as the checks see it, after mutation.
func (p *Policy) templatePod(r *Review, pod *corev1.Pod, path *field.Path, f *Facts) *checks.Pod {
	pod.Namespace = r.Namespace
	return checks.NewPod(p.Mutate(pod, *f), p.site, f, p.templateRequest(r, path))
}

func (p *Policy) templateRequest(r *Review, path *field.Path) checks.Request {
	request := p.request(r)
	request.Template, request.Create, request.Prefix = true, true, path.String()
	request.Unknown = r.unknownBelow(request.Prefix + ".spec.")
	return request
}

// significant says whether an update of a pod changes a field that can matter. The
// list has the fields that cannot, so that a new field of Kubernetes matters.
func significant(pod, old *corev1.PodSpec) bool {
	return !equality.Semantic.DeepEqual(withoutHarmless(*pod), withoutHarmless(*old))
}

func withoutHarmless(spec corev1.PodSpec) corev1.PodSpec {
	spec.NodeName = "" // only a binding sets it
	spec.ActiveDeadlineSeconds, spec.TerminationGracePeriodSeconds = nil, nil
	return spec
}
