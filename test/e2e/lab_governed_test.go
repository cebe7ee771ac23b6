//go:build e2e && governed && lab

package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// TestTamper changes a kit where it is on its volume, a folder of this machine.
func TestTamper(t *testing.T) {
	g := governed(t, "e2e_tamper", "e2e-tamper")
	require.NoError(t, g.LaunchAll(t.Context()))
	_, err := g.Tamper(t.Context())
	require.NoError(t, err)
	// Launching again brings the kit there again.
	require.NoError(t, g.LaunchAll(t.Context()))
}

// TestPowerCut keeps writing pods into a governed namespace while the power of the
// whole cluster is cut: it comes back by itself, and lets nothing through.
func TestPowerCut(t *testing.T) {
	l := underLoad(t, "e2e_power", "e2e-power")
	l.during(t, func() {
		cluster := kubectl(t, "config", "view", "--minify", "-o", "jsonpath={.current-context}")
		_, err := scenario.Must(t.Context(), nil, "go", "run", "github.com/kubectl-flare/kubectl-flare/test/lab", "restart", cluster)
		require.NoError(t, err)
		recovers(t, l)
	})
	require.Zero(t, l.admitted.Load())
	kubectl(t, "wait", "--for=condition=Ready", "pods", "--all", "-n", "flare-system", "--timeout=60s")
}
