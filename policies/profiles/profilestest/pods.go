package profilestest

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// podChanges are the same for the other fields of a pod.
func podChanges() map[string]change {
	return map[string]change{
		"a node":            func(s *corev1.PodSpec) { s.NodeName = "node0" },
		"a node selector":   func(s *corev1.PodSpec) { s.NodeSelector = map[string]string{"kubernetes.io/hostname": "node0"} },
		"affinity":          func(s *corev1.PodSpec) { s.Affinity = &corev1.Affinity{} },
		"a toleration":      func(s *corev1.PodSpec) { s.Tolerations = append(s.Tolerations, corev1.Toleration{Operator: "Exists"}) },
		"a runtime class":   func(s *corev1.PodSpec) { s.RuntimeClassName = new("nvidia") },
		"a priority":        func(s *corev1.PodSpec) { s.PriorityClassName = "high" },
		"another scheduler": func(s *corev1.PodSpec) { s.SchedulerName = "mine" },
		"a host name":       func(s *corev1.PodSpec) { s.Hostname = "server1" },
		"further groups":    func(s *corev1.PodSpec) { s.SecurityContext.SupplementalGroups = []int64{7} },
		"host names":        func(s *corev1.PodSpec) { s.HostAliases = []corev1.HostAlias{{IP: "192.0.2.1"}} },
	}
}

// variable is a variable that no framework uses.
const variable = "PROFILESTEST_VARIABLE"

// listedVariable requires that a policy may list other variables for every container.
func (s *Suite) listedVariable(t *testing.T, p *Pod, pod *corev1.Pod) {
	t.Helper()
	listing := *p
	listing.Policy = p.Policy.DeepCopy()
	listing.Policy.Spec.Environment = &v1alpha1.EnvironmentRule{Allowed: []string{variable}}
	unlisted, listed := s.compile(t, p), s.compile(t, &listing)
	for i := range pod.Spec.Containers {
		with := pod.DeepCopy()
		c := &with.Spec.Containers[i]
		c.Env = append(slices.Clone(c.Env), corev1.EnvVar{Name: variable, Value: "x"})
		require.NotEmpty(t, message(unlisted, p, with), "container %d may have any variable", i)
		require.Empty(t, message(listed, &listing, with), "container %d may not have a variable that the policy lists", i)
		c.Env[len(c.Env)-1].Value = "$(HOME)"
		require.NotEmpty(t, message(listed, &listing, with), "container %d may have a value that Kubernetes expands", i)
	}
}
