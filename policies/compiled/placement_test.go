package compiled_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// What a policy does not list is not allowed, and one without lists allows nothing.
func TestPlacement(t *testing.T) {
	none := site(t, unchanged)
	listed := site(t, func(s *v1alpha1.SitePolicySpec) {
		s.Environment = &v1alpha1.EnvironmentRule{Allowed: []string{"NCCL_DEBUG"}}
		s.Placement = &v1alpha1.PlacementRules{
			RuntimeClasses: []string{"nvidia"}, PriorityClasses: []string{"high"},
			NodeSelector: []v1alpha1.AllowedNodeLabel{{Key: "gpu", Values: []string{"a100"}}},
			Tolerations:  []v1alpha1.AllowedToleration{{Key: "gpu", Value: "a100"}},
			Annotations:  []string{"note", "example.org/"},
		}
	})
	for _, p := range []struct {
		name          string
		empty, listed bool
	}{
		{"runtime class", none.AllowsRuntimeClass("nvidia"), listed.AllowsRuntimeClass("nvidia")},
		{"priority class", none.AllowsPriorityClass("high"), listed.AllowsPriorityClass("high")},
		{"node label", none.AllowsNodeLabel("gpu", "a100"), listed.AllowsNodeLabel("gpu", "a100")},
		{"toleration", none.AllowsToleration(&corev1.Toleration{Key: "gpu", Value: "a100"}), listed.AllowsToleration(&corev1.Toleration{Key: "gpu", Value: "a100"})},
		{"annotation", none.AllowsAnnotation("note"), listed.AllowsAnnotation("note")},
		{"prefix", none.AllowsAnnotation("example.org/a"), listed.AllowsAnnotation("example.org/a")},
		{"variable", none.AllowsVariable("NCCL_DEBUG"), listed.AllowsVariable("NCCL_DEBUG")},
	} {
		require.False(t, p.empty, p.name)
		require.True(t, p.listed, p.name)
	}
	require.False(t, listed.AllowsRuntimeClass(""))
	require.False(t, listed.AllowsPriorityClass("low"))
	require.False(t, listed.AllowsNodeLabel("gpu", ""))
	require.False(t, listed.AllowsNodeLabel("cpu", "a100"))
	require.False(t, listed.AllowsAnnotation("example.org.evil/a"))
	require.False(t, listed.AllowsAnnotation("note/a"))
	require.False(t, listed.AllowsVariable(""))
}
