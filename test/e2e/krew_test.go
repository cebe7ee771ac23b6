//go:build e2e

package e2e

import (
	"path/filepath"
	"runtime"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// TestKrew has the real krew check the manifest of a release and install its archive
// for this machine, and the real kubectl find the plugin.
func TestKrew(t *testing.T) {
	t.Parallel()
	const root, version = "../..", "v0.1.0"
	must := func(argv ...string) string {
		t.Helper()
		out, err := scenario.Must(t.Context(), nil, argv...)
		require.NoError(t, err)
		return out
	}
	tool := func(name string, args ...string) []string {
		return append([]string{"go", "tool", "-C", root, "-modfile=test/tools/krew/go.mod", name}, args...)
	}
	out, home := t.TempDir(), t.TempDir()
	must("go", "run", "-C", root, "./krew", "--version", version, "--out", out, "--platform", "linux/"+runtime.GOARCH)
	file := filepath.Join(out, "flare.yaml")
	all, err := filepath.Abs(filepath.Join(root, "krew", "testdata", "flare.yaml"))
	require.NoError(t, err)
	for _, manifest := range []string{file, all} {
		must(tool("validate-krew-manifest", "-manifest", manifest, "-skip-install")...)
	}
	at := []string{"env", "KREW_ROOT=" + home}
	archive := filepath.Join(out, "flare_"+version+"_linux_"+runtime.GOARCH+".tar.gz")
	must(append(at, tool("krew", "install", "--manifest", file, "--archive", archive)...)...)
	said := must("env", "PATH="+filepath.Join(home, "bin"), env.Kubectl, "flare", "version")
	require.Contains(t, said, "kubectl-flare "+version+" ")
}
