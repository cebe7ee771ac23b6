package policies

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// podRequest handles each subresource by name. Updates of the status and evictions
// run nothing; unknown subresources are denied.
func (p *Policy) podRequest(r *Review, f *Facts) []checks.Result {
	switch r.Subresource {
	case "binding":
		return checks.Binding(r.User.Username, f.Binders)
	case "status", "eviction":
		return nil
	}
	pod, ok := r.Object.(*corev1.Pod)
	if !ok || pod == nil {
		return unknown(r)
	}
	switch r.Subresource {
	case "":
		return p.pod(r, pod, f)
	case "ephemeralcontainers":
		return p.ephemeral(r, pod, f)
	case "resize":
		// A resize can change only the amounts of resources.
		return checks.Resize(checks.NewPod(pod, p.site, f, r.request()))
	}
	return unknown(r)
}

func (p *Policy) pod(r *Review, pod *corev1.Pod, f *Facts) []checks.Result {
	request := r.request()
	if old, ok := r.OldObject.(*corev1.Pod); ok && old != nil && r.Operation == Update {
		if !significant(&pod.Spec, &old.Spec) {
			return nil
		}
		request.Starts = len(old.Spec.SchedulingGates) > 0 && len(pod.Spec.SchedulingGates) == 0
	}
	return p.checks.Run(checks.NewPod(pod, p.site, f, request))
}

// ephemeral evaluates ephemeral containers. Break-glass allows them for debugging a
// participant's pod, but still gives no access to the node.
func (p *Policy) ephemeral(r *Review, pod *corev1.Pod, f *Facts) []checks.Result {
	seen := checks.NewPod(pod, p.site, f, r.request())
	if f.BreakGlass {
		return checks.Floor(seen)
	}
	return p.checks.Run(seen)
}

func (r *Review) request() checks.Request {
	request := checks.Request{Namespace: r.Namespace, User: r.User.Username, Create: r.Operation == Create, Template: r.Template}
	if r.Path != nil {
		request.Prefix = r.Path.String()
	}
	return request
}
