//go:build e2e && governed && flower

package e2e

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

const app = "../testdata/jobs/flower-fedavg"

// TestFlowerGRPC runs a federation of Flower in governed namespaces whose processes speak
// gRPC, with apps in both places. It is launched once: a SuperNode of this version hangs if
// the SuperLink still counts the one before as online (docs/flower.md).
func TestFlowerGRPC(t *testing.T) {
	parallel(t, flowerCPU)
	f := flower(t, "GRPC")
	f.Runtimes = map[string]string{scenario.Server: "container", scenario.Site1: "process", scenario.Site2: "container"}
	require.NoError(t, f.LaunchAll(t.Context()))
	requireResult(t, f)
}

// TestFlowerHTTP does the same for HTTP, with all apps in containers beside the participants':
// the demo has them in the participants' own. Then the federation is attacked, and a site
// also takes part in a federation of NVFLARE. It is launched once too: on a busy machine, a
// SuperNode may be ended before it has told the SuperLink, which then keeps its key for a minute.
func TestFlowerHTTP(t *testing.T) {
	parallel(t, flowerCPU+nvflareCPU)
	f := flower(t, "HTTP")
	f.Runtimes = map[string]string{scenario.Server: "container", scenario.Site1: "container", scenario.Site2: "container"}
	require.NoError(t, f.LaunchAll(t.Context()))
	requireResult(t, f)
	t.Run("attacks", func(t *testing.T) { attackFlower(t, f) })
	t.Run("a site in two federations", func(t *testing.T) { roommates(t, f) })
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
