package policies

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// podRequest knows the subresources one by one. Kubelet's status and eviction carry
// nothing that runs; any other new one is denied.
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
		// Only amounts can change this way.
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

// ephemeral: break-glass opens a participant's pod for debugging, but not the node.
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
