//go:build e2e && lab

package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// older are the older versions of NVFLARE that we claim.
func older() []string { return []string{"2.7.3", "2.8.3"} }

// TestKitsOfOlderVersions does with them what TestKits does with the current one.
func TestKitsOfOlderVersions(t *testing.T) {
	t.Parallel()
	for _, version := range older() {
		t.Run(version, func(t *testing.T) {
			t.Parallel()
			checkKits(t, version)
		})
	}
}

// TestVersions runs the job on the older versions of NVFLARE that we claim, and
// clients that dial a bare Service name.
func TestVersions(t *testing.T) {
	t.Parallel()
	for _, version := range older() {
		t.Run(version, func(t *testing.T) {
			parallel(t, nvflareCPU)
			image, err := scenario.Must(t.Context(), nil, env.Lab, "push", "--version", version)
			require.NoError(t, err)
			f := scenario.Federation{Name: "older", Prefix: "e2e-" + strings.ReplaceAll(version, ".", "-"), Host: "flserver"}
			kits, root := federation(t, f, version)
			// The server first: the others look for its Service.
			for _, participant := range []string{scenario.Server, scenario.Admin} {
				_, err := env.WithImage(strings.TrimSpace(image)).Launch(t.Context(), nil, filepath.Join(kits, participant), f.ServerNamespace(), root)
				require.NoError(t, err)
			}
			for participant, namespace := range map[string]string{scenario.Site1: f.Site1Namespace(), scenario.Site2: f.Site2Namespace()} {
				_, err := env.WithImage(strings.TrimSpace(image)).Launch(t.Context(), nil, filepath.Join(kits, participant), namespace, root,
					"--server-namespace", f.ServerNamespace())
				require.NoError(t, err)
			}
			id := strings.TrimSpace(flare(t, "job", "submit", job, "--wait", "--timeout=5m", "-o", "name", "-n", f.ServerNamespace()))
			_, err = env.CheckModel(t.Context(), nil, f.ServerNamespace(), id, filepath.Join(t.TempDir(), "result"))
			require.NoError(t, err)
		})
	}
}
