package policies

import (
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
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
		seen := checks.NewPod(pod, p.site, f, p.request(r))
		return append(checks.Resize(seen), checks.SiteRules(seen)...)
	}
	return unknown(r)
}

func (p *Policy) pod(r *Review, pod *corev1.Pod, f *Facts) []checks.Result {
	request := p.request(r)
	if old, ok := r.OldObject.(*corev1.Pod); ok && old != nil && r.Operation == Update {
		request.OldAnnotations = old.Annotations
		if len(request.Unknown) == 0 && !significant(&pod.Spec, &old.Spec) {
			return p.metadata(pod, old, f, request)
		}
		if len(old.Spec.SchedulingGates) > 0 && len(pod.Spec.SchedulingGates) == 0 {
			request.Starts, request.OldAnnotations = true, nil
		}
	}
	return p.checks.Run(checks.NewPod(pod, p.site, f, request))
}

// metadata evaluates an update that changes only the metadata of a pod, or nothing else
// that checks are about.
func (p *Policy) metadata(pod, old *corev1.Pod, f *Facts, request checks.Request) []checks.Result {
	results := append(p.annotations(pod, f, request), p.labels(pod, old, f, request)...)
	if p.rulesSee(pod, old) {
		results = append(results, checks.SiteRules(checks.NewPod(pod, p.site, f, request))...)
	}
	return results
}

// rulesSee says whether the rules of the site are evaluated for an update. They do not see
// one that changes only finalizers, owners or the status: a rule that is new must not keep
// pods that have ended.
func (p *Policy) rulesSee(pod, old *corev1.Pod) bool {
	if p.site.Rules() == nil {
		return false
	}
	return !maps.Equal(pod.Annotations, old.Annotations) || !maps.Equal(pod.Labels, old.Labels) || !equality.Semantic.DeepEqual(&pod.Spec, &old.Spec)
}

// annotations evaluates an update that changes only the metadata of a pod.
func (p *Policy) annotations(pod *corev1.Pod, f *Facts, request checks.Request) []checks.Result {
	if maps.Equal(pod.Annotations, request.OldAnnotations) {
		return nil
	}
	return checks.Annotations(checks.NewPod(pod, p.site, f, request))
}

// labels evaluates an update that changes the labels by which NetworkPolicies and Services
// select pods.
func (p *Policy) labels(pod, old *corev1.Pod, f *Facts, request checks.Request) []checks.Result {
	same := func(key string) bool {
		before, had := old.Labels[key]
		after, has := pod.Labels[key]
		return had == has && before == after
	}
	if same(names.LabelParticipant) && same(names.LabelRole) {
		return nil
	}
	return checks.Labels(checks.NewPod(pod, p.site, f, request))
}

// ephemeral evaluates ephemeral containers. Break-glass allows them for debugging a
// participant's pod, but still gives no access to the node.
func (p *Policy) ephemeral(r *Review, pod *corev1.Pod, f *Facts) []checks.Result {
	seen := checks.NewPod(pod, p.site, f, p.request(r))
	if f.BreakGlass {
		return checks.Floor(seen)
	}
	return p.checks.Run(seen)
}

func (p *Policy) request(r *Review) checks.Request {
	request := checks.Request{
		Namespace: r.Namespace, User: r.User.Username, Create: r.Operation == Create, Template: r.Template,
		Unknown: r.unknownBelow("spec."),
	}
	if p.site.Rules() != nil {
		request.Attributes = &checks.Attributes{
			Operation: string(r.Operation), Resource: r.Resource, Subresource: r.Subresource, Name: r.Name, User: r.User, DryRun: r.DryRun,
		}
	}
	if r.Operation == Update {
		request.Old, _ = r.OldObject.(*corev1.Pod)
	}
	if r.Path != nil {
		request.Prefix = r.Path.String()
		request.Unknown = r.unknownBelow(request.Prefix + ".spec.")
	}
	return request
}

// unknownBelow are the unknown fields below a path that the request adds. Those of the
// status, the metadata and the rest of a workload do not matter.
func (r *Review) unknownBelow(path string) []string {
	var added []string
	for _, field := range r.Unknown {
		if strings.HasPrefix(field, path) && !slices.Contains(r.OldUnknown, field) {
			added = append(added, field)
		}
	}
	return added
}
