package policies_test

import (
	"testing"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// held makes the object that is updated a pod that waits.
func held(s *scene) { s.old().Spec.SchedulingGates = []corev1.PodSchedulingGate{{Name: "x"}} }

func (s *scene) old() *corev1.Pod { return s.a.OldObject.(*corev1.Pod) }

// What decides where a held pod will run may change until it starts, and so may annotations.
func TestUpdatesOfPlacement(t *testing.T) {
	const order = "k8s.v1.cni.cncf.io/networks"
	annotate := func(pod *corev1.Pod, key string) {
		if pod.Annotations == nil {
			pod.Annotations = map[string]string{}
		}
		pod.Annotations[key] = "x"
	}
	for name, tc := range map[string]struct {
		role   string
		change func(*scene)
		want   string
	}{
		"a node selector": {"client", func(s *scene) { s.pod().Spec.NodeSelector = map[string]string{"a": "b"} }, "the node selector is not allowed"},
		"a listed one": {"client", func(s *scene) {
			s.policy.Spec.Placement = &v1alpha1.PlacementRules{NodeSelector: []v1alpha1.AllowedNodeLabel{{Key: "a", Values: []string{"b"}}}}
			s.pod().Spec.NodeSelector = map[string]string{"a": "b"}
		}, ""},
		"affinity":                   {"client", func(s *scene) { s.pod().Spec.Affinity = &corev1.Affinity{} }, "spec.affinity"},
		"a priority":                 {"client", func(s *scene) { s.pod().Spec.PriorityClassName = "high" }, "the PriorityClass is not allowed"},
		"affinity of an other":       {"other", func(s *scene) { s.pod().Spec.Affinity = &corev1.Affinity{} }, ""},
		"an annotation":              {"client", func(s *scene) { annotate(s.pod(), order) }, "the annotation is not allowed"},
		"an annotation without kits": {"client", func(s *scene) { annotate(s.pod(), order); s.facts.Kits = nil }, "the annotation is not allowed"},
		"a harmless one":             {"client", func(s *scene) { annotate(s.pod(), "kubernetes.io/description"); s.facts.Kits = nil }, ""},
		"one of an other":            {"other", func(s *scene) { annotate(s.pod(), order) }, ""},
		"an order to the runtime":    {"other", func(s *scene) { annotate(s.pod(), "io.kubernetes.cri-o.Devices") }, "the annotation is not allowed"},
		"one that was there":         {"client", func(s *scene) { annotate(s.pod(), order); annotate(s.old(), order) }, ""},
		"another value":              {"client", func(s *scene) { annotate(s.pod(), order); annotate(s.old(), order); s.old().Annotations[order] = "y" }, "the annotation is not allowed"},
		"taken away":                 {"client", func(s *scene) { annotate(s.old(), order) }, ""},
		"with another change": {"client", func(s *scene) {
			annotate(s.pod(), order)
			annotate(s.old(), order)
			s.pod().Spec.NodeSelector = map[string]string{"kubernetes.io/os": "linux"}
		}, ""},
		"there when it starts": {"client", func(s *scene) { annotate(s.pod(), order); annotate(s.old(), order); held(s) }, "the annotation is not allowed"},
		"a bound pod": {"client", func(s *scene) {
			s.pod().Spec.NodeName, s.old().Spec.NodeName = "a", "a"
			s.pod().Spec.Tolerations = nil
		}, ""},
		"an unknown field":      {"client", func(s *scene) { s.a.Unknown = []string{"spec.later"} }, "spec.later: a field"},
		"one that was known of": {"client", func(s *scene) { s.a.Unknown, s.a.OldUnknown = []string{"spec.later"}, []string{"spec.later"} }, ""},
		"one of the status":     {"client", func(s *scene) { s.a.Unknown = []string{"status.later", "metadata.later", "specs.later"} }, ""},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, tc.role).updated("")
			tc.change(s)
			s.expect(t, tc.want)
		})
	}
}

// Unknown fields come through no door.
func TestUnknownFieldsOfSubresources(t *testing.T) {
	for _, subresource := range []string{"ephemeralcontainers", "resize"} {
		s := newScene(t, "other").updated(subresource)
		s.expect(t, "")
		s.a.Unknown = []string{"spec.ephemeralContainers[0].later"}
		s.expect(t, "spec.ephemeralContainers[0].later: a field")
		if s.facts.BreakGlass = true; subresource != "resize" {
			s.expect(t, "spec.ephemeralContainers[0].later: a field")
		}
	}
}

// Of a template, the pod is evaluated, and nothing around it.
func TestFieldsOfTemplates(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(now, old *appsv1.Deployment, r *policies.Review)
		want   string
	}{
		"scaled": {func(now, _ *appsv1.Deployment, _ *policies.Review) { now.Spec.Replicas = new(int32(0)) }, ""},
		"restarted": {func(now, _ *appsv1.Deployment, _ *policies.Review) {
			now.Spec.Template.Annotations["kubectl.kubernetes.io/restartedAt"] = "now"
		}, ""},
		"an annotation": {func(now, _ *appsv1.Deployment, _ *policies.Review) {
			now.Spec.Template.Annotations["example.org/a"] = "b"
		},
			"spec.template.metadata.annotations: the annotation is not allowed"},
		"one that was there": {func(now, old *appsv1.Deployment, _ *policies.Review) {
			now.Spec.Template.Annotations["example.org/a"], old.Spec.Template.Annotations["example.org/a"] = "b", "b"
		}, ""},
		"of the workload":  {func(now, _ *appsv1.Deployment, _ *policies.Review) { now.Annotations["example.org/a"] = "b" }, ""},
		"an unknown field": {func(_, _ *appsv1.Deployment, r *policies.Review) { r.Unknown = []string{"spec.template.spec.later"} }, "spec.template.spec.later: a field"},
		"one around the pod": {func(_, _ *appsv1.Deployment, r *policies.Review) {
			r.Unknown = []string{"spec.later", "spec.strategy.later"}
		}, ""},
		"one that was known of": {func(_, _ *appsv1.Deployment, r *policies.Review) {
			r.Unknown, r.OldUnknown = []string{"spec.template.spec.later"}, []string{"spec.template.spec.later"}
		}, ""},
		"a node": {func(now, _ *appsv1.Deployment, _ *policies.Review) { now.Spec.Template.Spec.NodeName = "node0" }, "spec.template.spec.nodeName: the pod sets its node"},
	} {
		t.Run(name, func(t *testing.T) {
			s := newScene(t, "client")
			now := policiestest.Deployment(t, "client")
			old := now.DeepCopy()
			s.a = policies.Review{
				Operation: policies.Update, Resource: schema.GroupResource{Group: "apps", Resource: "deployments"},
				Namespace: policiestest.Namespace, Object: now, OldObject: old,
			}
			tc.change(now, old, &s.a)
			s.expect(t, tc.want)
		})
	}
}
