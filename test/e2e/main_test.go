//go:build e2e

package e2e

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// env is set once, by TestMain, and read only.
var env scenario.Env

// webhook is installed by the first test that needs it, and uninstalled by TestMain.
var webhook scenario.Installation

// room is the CPU of the cluster that no test has claimed.
var room *scenario.Room

func TestMain(m *testing.M) {
	dir, err := os.MkdirTemp("", "flare-e2e-")
	if err == nil {
		env, err = scenario.FromEnvironment(context.Background(), dir)
	}
	if err == nil {
		room, err = env.Room(context.Background())
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "error:", err)
		os.Exit(1)
	}
	code := m.Run()
	if err := leaveCluster(context.Background()); err != nil {
		fmt.Fprintln(os.Stderr, "error: after the tests:", err)
		code = 1
	}
	_ = os.RemoveAll(dir)
	os.Exit(code)
}

// leaveCluster waits until what the tests made is gone, and uninstalls the webhook.
func leaveCluster(ctx context.Context) error {
	return errors.Join(env.AwaitDeletion(ctx), webhook.Remove(ctx))
}

// flare runs the plugin, which must succeed, and returns its standard output.
func flare(t *testing.T, args ...string) string {
	t.Helper()
	out, err := scenario.Must(t.Context(), nil, append([]string{env.Flare}, args...)...)
	require.NoError(t, err)
	return out
}

// failing runs the plugin, which must fail with exit code 1, and returns what it
// said on standard error.
func failing(t *testing.T, args ...string) string {
	t.Helper()
	r, err := scenario.Run(t.Context(), nil, append([]string{env.Flare}, args...)...)
	require.NoError(t, err)
	require.Equal(t, 1, r.Code, "exit code; standard error: %s", r.Stderr)
	return r.Stderr
}

func kubectl(t *testing.T, args ...string) string {
	t.Helper()
	out, err := scenario.Must(t.Context(), nil, append([]string{env.Kubectl}, args...)...)
	require.NoError(t, err)
	return out
}

// federation provisions kits of a version and makes the namespaces.
func federation(t *testing.T, f scenario.Federation, version string) (kits, root string) {
	t.Helper()
	t.Cleanup(func() { require.NoError(t, env.LeaveNamespaces(context.Background(), f.Prefix)) })
	require.NoError(t, env.CreateNamespaces(t.Context(), f.Prefix, f.Namespaces()...))
	kits, err := env.Provision(t.Context(), f, version, filepath.Join(t.TempDir(), "provision"))
	require.NoError(t, err)
	kit, err := env.Inspect(t.Context(), filepath.Join(kits, scenario.Server))
	require.NoError(t, err)
	return kits, kit.Root.Fingerprint
}

// What the pods of a federation request at a time, in thousandths of a CPU.
const (
	nvflareCPU = 400
	flowerCPU  = 850
)

// parallel runs a test beside others, as soon as the cluster has room for what its pods request.
func parallel(t *testing.T, milliCPU int64) {
	t.Helper()
	t.Parallel()
	release, err := room.Claim(t.Context(), milliCPU)
	require.NoError(t, err)
	t.Cleanup(release)
}
