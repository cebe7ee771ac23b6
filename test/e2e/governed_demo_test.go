//go:build e2e && governed

package e2e

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// TestDemo runs what `make demo` shows: a federation from its kits to a finished job, with the
// real webhook under certificates of the real cert-manager, and attacks on it.
func TestDemo(t *testing.T) {
	parallel(t, nvflareCPU)
	demo(t, "nvflare", "fl")
}

// demo runs a demo, which checks its own outcomes, and then deletes the federation that it
// leaves running.
func demo(t *testing.T, framework, prefix string) {
	t.Helper()
	install(t)
	leave(t, &scenario.Governed{Env: env, Federation: scenario.Federation{Prefix: prefix}})
	_, err := scenario.Must(t.Context(), t.Output(), "go", "run", "-C", "../..", "./test/e2e/demo", framework)
	require.NoError(t, err)
}
