package policies

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/snapshot"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// judge finds what is wrong with a request. What no rule is for is refused: it
// was sent here by somebody who counted on a verdict.
func judge(a *Attributes, policy *v1alpha1.SitePolicy, f *Facts) []checks.Result {
	if a.Operation == Delete {
		return nil // what goes away breaks no rule, and must be able to
	}
	if a.Operation == Connect {
		return judgeConnect(a, policy, f)
	}
	switch a.Resource {
	case schema.GroupResource{Resource: "pods"}:
		return judgePodRequest(a, policy, f)
	case schema.GroupResource{Resource: "bindings"}:
		return checks.Binding(a.User.Username, f.Binders)
	case schema.GroupResource{Resource: "secrets"}:
		return judgeSecret(a, policy, f)
	case schema.GroupResource{Resource: "configmaps"}:
		return judgeConfigMap(a, policy)
	case schema.GroupResource{Resource: "persistentvolumeclaims"}, schema.GroupResource{Group: snapshot.Group, Resource: snapshot.Resource}:
		return judgeCopy(a, policy)
	case schema.GroupResource{Group: v1alpha1.Group, Resource: v1alpha1.Resource}:
		return judgePolicy(a)
	}
	return judgeTemplate(a, policy, f)
}

func unknown(a *Attributes) []checks.Result {
	return []checks.Result{{
		ID: IDRequest, Reason: "not a request that a site policy can judge",
		Detail: fmt.Sprintf("%s %s/%s with a %T", a.Operation, a.Resource, a.Subresource, a.Object),
		Fix:    "report it: the webhook's rules and its version do not match",
	}}
}

// judgePodRequest knows the subresources one by one. Kubelet's status and
// eviction carry nothing that runs; any other new one is refused.
func judgePodRequest(a *Attributes, policy *v1alpha1.SitePolicy, f *Facts) []checks.Result {
	switch a.Subresource {
	case "binding":
		return checks.Binding(a.User.Username, f.Binders)
	case "status", "eviction":
		return nil
	}
	pod, ok := a.Object.(*corev1.Pod)
	if !ok || pod == nil {
		return unknown(a)
	}
	switch a.Subresource {
	case "":
		return judgePod(a, pod, policy, f)
	case "ephemeralcontainers":
		return judgeEphemeral(a, pod, policy, f)
	case "resize":
		return judgeResize(a, pod, policy, f)
	}
	return unknown(a)
}

func judgePod(a *Attributes, pod *corev1.Pod, policy *v1alpha1.SitePolicy, f *Facts) []checks.Result {
	r := a.request()
	if old, ok := a.OldObject.(*corev1.Pod); ok && old != nil && a.Operation == Update {
		if !significant(&pod.Spec, &old.Spec) {
			return nil
		}
		r.Starts = len(old.Spec.SchedulingGates) > 0 && len(pod.Spec.SchedulingGates) == 0
	}
	return checks.Run(checks.NewPod(pod, policy, f, r))
}

// judgeEphemeral: break-glass opens a participant's pod for debugging, but not
// the node.
func judgeEphemeral(a *Attributes, pod *corev1.Pod, policy *v1alpha1.SitePolicy, f *Facts) []checks.Result {
	p := checks.NewPod(pod, policy, f, a.request())
	if f.BreakGlass {
		return checks.Floor(p)
	}
	return checks.Run(p)
}

// judgeResize: only amounts can change through this door.
func judgeResize(a *Attributes, pod *corev1.Pod, policy *v1alpha1.SitePolicy, f *Facts) []checks.Result {
	return checks.Resize(checks.NewPod(pod, policy, f, a.request()))
}

func (a *Attributes) request() checks.Request {
	r := checks.Request{Namespace: a.Namespace, User: a.User.Username, Create: a.Operation == Create, Template: a.Template}
	if a.Path != nil {
		r.Prefix = a.Path.String()
	}
	return r
}

func judgeSecret(a *Attributes, policy *v1alpha1.SitePolicy, f *Facts) []checks.Result {
	secret, ok := a.Object.(*corev1.Secret)
	if !ok || secret == nil {
		return unknown(a)
	}
	old, _ := a.OldObject.(*corev1.Secret)
	return checks.Secret(secret, old, &policy.Spec, f, a.request())
}

// judgeCopy judges by the object that is made: nothing that matters of it can
// change later.
func judgeCopy(a *Attributes, policy *v1alpha1.SitePolicy) []checks.Result {
	switch o := a.Object.(type) {
	case *corev1.PersistentVolumeClaim:
		return checks.Claim(o, &policy.Spec)
	case *snapshot.VolumeSnapshot:
		return checks.Snapshot(o, &policy.Spec)
	}
	return unknown(a)
}

func judgeConfigMap(a *Attributes, policy *v1alpha1.SitePolicy) []checks.Result {
	m, ok := a.Object.(*corev1.ConfigMap)
	if !ok || m == nil {
		return unknown(a)
	}
	old, _ := a.OldObject.(*corev1.ConfigMap)
	return checks.ConfigMap(m, old, &policy.Spec)
}
