package launch

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func assigned(name string) *corev1.Namespace {
	n := namespace(name)
	n.Annotations = map[string]string{"openshift.io/sa.scc.uid-range": "1000700000/10000"}
	return n
}

// In a namespace for which OpenShift assigns users, the pods have none, unless someone asks for
// one.
func TestPlatformUserOfTheNamespace(t *testing.T) {
	for _, tc := range []struct {
		namespace string
		args      []string
		own       bool
	}{
		{"assigned", nil, false}, {"assigned", []string{"--run-as-user=65532"}, true},
		{"ns", nil, true}, {"ns", []string{"--run-as-user=platform"}, false},
	} {
		b := newBench(t, assigned("assigned"))
		_, _, err := b.launchIn(tc.namespace, append([]string{b.client(), image, "--wait=false"}, tc.args...)...)
		require.NoError(t, err)
		found, ok := b.Get("deployments", tc.namespace, "site-2-809cb9ad")
		require.True(t, ok)
		pod := found.Object["spec"].(map[string]any)["template"].(map[string]any)["spec"].(map[string]any)
		_, own := pod["securityContext"].(map[string]any)["runAsUser"]
		require.Equal(t, tc.own, own, "%s %v", tc.namespace, tc.args)
	}
}

// local/ is written before the namespace is known.
func TestPlatformUserOfJobPods(t *testing.T) {
	b := newBench(t, assigned("assigned"))
	_, _, err := b.launchIn("assigned", b.client(), image, "--wait=false", "--job-runtime=pod")
	b.rejected(err, `the platform assigns the users of namespace "assigned", and local/ has the user of job pods: give --run-as-user=platform`)
}
