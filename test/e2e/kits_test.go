//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// TestKits reads and verifies every kit as the real `nvflare provision` makes it,
// and notices what was changed in one.
func TestKits(t *testing.T) {
	t.Parallel()
	checkKits(t, env.NVFLARE)
}

func checkKits(t *testing.T, version string) {
	t.Helper()
	f := scenario.Federation{Name: "kits", Prefix: "e2e-kits"}
	kits, err := env.Provision(t.Context(), f, version, filepath.Join(t.TempDir(), "provision"))
	require.NoError(t, err)
	root := ""
	for name, role := range map[string]string{
		scenario.Server: "server", scenario.Site1: "client", scenario.Site2: "client", scenario.Admin: "admin",
	} {
		kit, err := env.Inspect(t.Context(), filepath.Join(kits, name))
		require.NoError(t, err)
		require.Equal(t, name, kit.Participant)
		require.Equal(t, role, kit.Role)
		root = kit.Root.Fingerprint
		flare(t, "kit", "verify", filepath.Join(kits, name), "--root-fingerprint", root)
	}
	changed := filepath.Join(kits, scenario.Site1)
	other := filepath.Join(kits, scenario.Site2, "startup", "client.key")
	key, err := os.ReadFile(other)
	require.NoError(t, err)
	require.NoError(t, os.WriteFile(filepath.Join(changed, "startup", "client.key"), key, 0o600))
	said := failing(t, "kit", "verify", changed, "--root-fingerprint", root)
	require.Contains(t, said, "its verification failed with")
}
