//go:build e2e && governed && lab

package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// TestPowerCut keeps writing pods into a governed namespace while processes are killed, and
// the power of the whole cluster is cut: it comes back by itself, and lets nothing through.
func TestPowerCut(t *testing.T) {
	l := underLoad(t, "e2e_power", "e2e-power")
	t.Run("one replica is killed", func(t *testing.T) {
		l.during(t, func() {
			pods, err := env.WebhookPods(t.Context())
			require.NoError(t, err)
			require.NoError(t, scenario.KillProcess(pods[0], "flare-webhook"))
			kubectl(t, "wait", "pod/"+pods[0].Name, "-n", "flare-system", "--for=jsonpath={.status.containerStatuses[0].restartCount}=1", "--timeout=60s")
			recovers(t, l)
			reach(t, &l.passed, 10)
		})
		require.Zero(t, l.admitted.Load())
	})
	for what, daemon := range map[string][]string{"the API server is killed": {"kube-apiserver"}, "the power is cut": nil} {
		t.Run(what, func(t *testing.T) {
			l.during(t, func() {
				cluster := kubectl(t, "config", "view", "--minify", "-o", "jsonpath={.current-context}")
				restart := append([]string{"go", "run", "github.com/kubectl-flare/kubectl-flare/test/lab", "restart", cluster}, daemon...)
				_, err := scenario.Must(t.Context(), nil, restart...)
				require.NoError(t, err)
				recovers(t, l)
			})
			require.Zero(t, l.admitted.Load())
		})
	}
	kubectl(t, "wait", "--for=condition=Ready", "pods", "--all", "-n", "flare-system", "--timeout=60s")
}
