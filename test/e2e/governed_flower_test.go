//go:build e2e && governed && flower

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

const app = "../testdata/jobs/flower-fedavg"

// TestFlowerGRPC runs a federation of Flower in governed namespaces whose processes speak
// gRPC, with apps in both places. Then all is launched again: a SuperNode of this version does not
// end if its SuperLink still counts the one before as online, so that its probe has to end it.
func TestFlowerGRPC(t *testing.T) {
	parallel(t, flowerCPU)
	f := flower(t, "GRPC")
	f.Runtimes = map[string]string{scenario.Server: "container", scenario.Site1: "process", scenario.Site2: "container"}
	require.NoError(t, f.LaunchAll(t.Context()))
	requireResult(t, f)
	f.Runtimes = map[string]string{scenario.Server: "process", scenario.Site1: "container", scenario.Site2: "process"}
	require.NoError(t, f.LaunchAll(t.Context()))
	requireResult(t, f)
	t.Run("apps that fail", func(t *testing.T) { failApps(t, f) })
	t.Run("keys", func(t *testing.T) { rotate(t, f) })
	requireResult(t, f)
}

// failApps runs an app that raises an exception and one that is aborted. People read why.
func failApps(t *testing.T, f *scenario.Flower) {
	t.Helper()
	broken := filepath.Join(t.TempDir(), "broken")
	require.NoError(t, scenario.BreakApp(app, broken))
	submitted, why, err := f.FailApp(t.Context(), broken)
	require.NoError(t, err)
	require.NotZero(t, submitted.Code)
	require.Contains(t, submitted.Stderr, scenario.Exception)
	require.Contains(t, why, scenario.Exception)

	aborted, why, err := f.AbortApp(t.Context(), app)
	require.NoError(t, err)
	require.NotZero(t, aborted.Code)
	require.Contains(t, aborted.Stderr, "ended with status finished:stopped")
	require.Contains(t, why, "ended with status finished:stopped")

	unbuilt := filepath.Join(t.TempDir(), "unbuilt")
	require.NoError(t, scenario.UnbuildApp(app, unbuilt))
	_, err = f.Run(t.Context(), "job", "submit", unbuilt, "-n", f.ServerNamespace())
	require.ErrorContains(t, err, "the app cannot be bundled")
	require.ErrorContains(t, err, "attribute nothing in module fedavg.server")
}

// rotate uses a site's key twice, and gives a site a new key. The SuperLink rejects that until it is
// registered, and the former one once it is removed. launch says which.
func rotate(t *testing.T, f *scenario.Flower) {
	t.Helper()
	said, err := f.LaunchTwin(t.Context())
	require.NoError(t, err)
	require.ErrorContains(t, said, "the SuperLink does not accept the SuperNode's key, since it is online already")
	former, err := f.Rotate(t.Context())
	require.NoError(t, err)
	require.ErrorContains(t, f.LaunchSite2(t.Context(), f.Kit(scenario.Site2)), "the SuperLink does not know the SuperNode's key: provision")
	require.NoError(t, f.RemoveKeys(t.Context()))
	require.ErrorContains(t, f.LaunchSite2(t.Context(), former), "the SuperLink does not know the SuperNode's key, since it was removed")
	require.NoError(t, f.LaunchAll(t.Context()))
}

// TestFlowerHTTP does the same for HTTP, with apps in containers and pods of their own: the demo
// shows them in those of their participants. Then the federation is attacked, and a site also
// takes part in a federation of NVFLARE.
func TestFlowerHTTP(t *testing.T) {
	parallel(t, flowerCPU+nvflareCPU)
	f := flower(t, "HTTP")
	t.Run("tasks in pods", func(t *testing.T) { runTasks(t, f) })
	t.Run("attacks", func(t *testing.T) { attackFlower(t, f) })
	t.Run("apps that fail", func(t *testing.T) { failApps(t, f) })
	t.Run("a site in two federations", func(t *testing.T) { roommates(t, f) })
}

// runTasks runs the tasks of the first site in pods of their own: those that its policy allows
// finish, and its administrators read why the others are denied. What is left of them can be
// deleted.
func runTasks(t *testing.T, f *scenario.Flower) {
	t.Helper()
	f.Runtimes = map[string]string{scenario.Server: "container", scenario.Site1: "pod", scenario.Site2: "container"}
	require.NoError(t, f.SealTasks(t.Context()))
	require.NoError(t, f.LaunchAll(t.Context()))
	requireResult(t, f)
	left, err := f.TaskObjects(t.Context())
	require.NoError(t, err)
	require.GreaterOrEqual(t, strings.Count(left, "pod/flwr-taskexecutor-"), 3, "one for each round: %s", left)
	require.GreaterOrEqual(t, strings.Count(left, "secret/flwr-taskexecutor-"), 3, left)
	for _, d := range f.DeniedTasks() {
		t.Run(d.Name, func(t *testing.T) {
			said, err := f.TryTask(t.Context(), app, d)
			require.NoError(t, err)
			require.Contains(t, said, "of this run or another, did not start")
		})
	}
	manifest, err := os.ReadFile("../../docs/examples/finished-job-pods.yaml")
	require.NoError(t, err)
	pods, err := f.CollectJobPods(t.Context(), string(manifest))
	require.NoError(t, err)
	require.Empty(t, pods)
	left, err = f.TaskObjects(t.Context())
	require.NoError(t, err)
	require.Empty(t, left)
	require.NoError(t, f.RelaunchTasks(t.Context()))
}

func requireResult(t *testing.T, f *scenario.Flower) {
	t.Helper()
	result, err := f.RunApp(t.Context(), app)
	require.NoError(t, err)
	require.Equal(t, scenario.FlowerResult, result)
}

func attackFlower(t *testing.T, f *scenario.Flower) {
	t.Helper()
	require.NoError(t, f.AdmitTask(t.Context()))
	attacks, err := f.Attacks(t.Context())
	require.NoError(t, err)
	for _, a := range attacks {
		t.Run(a.Name, func(t *testing.T) {
			_, err := f.Try(t.Context(), a)
			require.NoError(t, err)
		})
	}
}

// roommates runs an NVFLARE client and a SuperNode in one namespace under one policy. Both
// finish a job.
func roommates(t *testing.T, f *scenario.Flower) {
	t.Helper()
	nvflare := scenario.Federation{Name: "e2e_roommates", Prefix: "e2e-roommates"}
	kits, root := federation(t, nvflare, env.NVFLARE)
	g := &scenario.Governed{Env: env, Federation: nvflare, Kits: kits, Root: root}
	g.Dir = t.TempDir()
	r := scenario.Roommates{Flower: f, NVFLARE: g}
	require.NoError(t, g.Seal(t.Context()))
	require.NoError(t, r.Govern(t.Context()))
	require.NoError(t, r.LaunchNVFLARE(t.Context()))

	requireResult(t, f)
	id := strings.TrimSpace(flare(t, "job", "submit", job, "--wait", "--timeout=5m", "-o", "name", "-n", g.ServerNamespace()))
	_, err := env.CheckModel(t.Context(), nil, g.ServerNamespace(), id, filepath.Join(t.TempDir(), "result"))
	require.NoError(t, err)
}

// flower provisions a federation and puts its namespaces under policies.
func flower(t *testing.T, dialect string) *scenario.Flower {
	t.Helper()
	e, err := env.WithFlower(dialect)
	require.NoError(t, err)
	federation := scenario.Federation{Name: "e2e_flower", Prefix: "e2e-flower-" + strings.ToLower(dialect)}
	f := &scenario.Flower{Version: e.Flower, Governed: scenario.Governed{Env: e, Federation: federation}}
	f.Dir = t.TempDir()
	install(t)
	leave(t, &f.Governed)
	require.NoError(t, env.CreateNamespaces(t.Context(), f.Prefix, f.Namespaces()...))
	require.NoError(t, f.Provision(t.Context()))
	require.NoError(t, f.Seal(t.Context()))
	require.NoError(t, f.Govern(t.Context()))
	return f
}
