//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// TestReliability keeps writing pods into a governed namespace while the webhook is
// updated, killed, and cut off its power together with the whole cluster.
func TestReliability(t *testing.T) {
	g := governed(t, "e2e_reliability", "e2e-rel")
	// It will find no server, and need not.
	flare(t, "launch", g.Kit(scenario.Site1), "-n", g.Site1Namespace(), "--root-fingerprint", g.Root, "--image", g.Image, "--wait=false")
	pod, err := g.ClientPod(t.Context())
	require.NoError(t, err)
	l := newLoad(t, pod)
	require.NoError(t, l.try(t.Context(), l.good))
	require.True(t, byWebhook(l.try(t.Context(), l.bad)))

	t.Run("a rolling update loses no request", func(t *testing.T) {
		l.during(t, func() {
			before, err := g.WebhookPods(t.Context())
			require.NoError(t, err)
			kubectl(t, "rollout", "restart", "deployment/flare-webhook", "-n", "flare-system")
			kubectl(t, "rollout", "status", "deployment/flare-webhook", "-n", "flare-system", "--timeout=90s")
			for _, old := range before {
				kubectl(t, "wait", "--for=delete", "pod/"+old.Name, "-n", "flare-system", "--timeout=60s")
			}
		})
		require.Zero(t, l.failed.Load(), "%v", l.failures)
		require.Zero(t, l.admitted.Load())
		require.Greater(t, l.passed.Load(), int64(100))
	})
	t.Run("killed pods let nothing through", func(t *testing.T) {
		l.during(t, func() {
			for range 3 {
				kubectl(t, "delete", "pods", "--all", "-n", "flare-system", "--grace-period=0", "--force")
				time.Sleep(2 * time.Second)
			}
		})
		require.Zero(t, l.admitted.Load())
		require.Greater(t, l.refused.Load(), int64(10))
		recovers(t, l)
	})
	t.Run("the cluster comes back by itself after a power cut", func(t *testing.T) {
		l.during(t, func() {
			_, err := scenario.Must(t.Context(), nil, "go", "run", "github.com/kubectl-flare/kubectl-flare/test/lab", "restart", currentCluster(t))
			require.NoError(t, err)
			recovers(t, l)
		})
		require.Zero(t, l.admitted.Load())
		kubectl(t, "wait", "--for=condition=Ready", "pods", "--all", "-n", "flare-system", "--timeout=60s")
	})
}

// currentCluster is the context that the kubeconfig names.
func currentCluster(t *testing.T) string {
	t.Helper()
	require.FileExists(t, filepath.Clean(os.Getenv("KUBECONFIG")))
	return kubectl(t, "config", "view", "--minify", "-o", "jsonpath={.current-context}")
}

// recovers waits until good pods pass and bad ones are refused by a verdict.
func recovers(t *testing.T, l *load) {
	t.Helper()
	require.Eventually(t, func() bool {
		return l.try(t.Context(), l.good) == nil && byWebhook(l.try(t.Context(), l.bad))
	}, 2*time.Minute, 200*time.Millisecond)
}
