//go:build e2e && governed

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// TestJobPods runs jobs with NVFLARE's own launcher in governed namespaces: one that is
// allowed completes, also with the site's data, and those that ask for more are denied, with
// a reason that the site's administrators can read.
func TestJobPods(t *testing.T) {
	parallel(t, nvflareCPU)
	g := governed(t, "e2e_jobpods", "e2e-pods")
	require.NoError(t, g.LaunchAll(t.Context()))
	require.NoError(t, g.RunJobPods(t.Context(), g.Parents()...))
	completes(t, g)
	secretsAreEmpty(t, g)

	for _, j := range g.DeniedJobs() {
		t.Run(j.Name, func(t *testing.T) {
			said, err := g.TryJob(t.Context(), job, j)
			require.NoError(t, err)
			require.Contains(t, said, "SitePolicy "+g.Site1Namespace())
		})
	}
	t.Run("data that is not allowed", func(t *testing.T) {
		require.NoError(t, g.UseData(t.Context(), "registry-of-patients"))
		_, err := g.TryJob(t.Context(), job, scenario.DeniedJob{Name: "data", Want: "a participant may not have this volume"})
		require.NoError(t, err)
	})
	t.Run("the site's data", func(t *testing.T) {
		require.NoError(t, g.CreateData(t.Context()))
		require.NoError(t, g.UseData(t.Context(), scenario.DataClaim))
		completes(t, g)
	})
	t.Run("data of another study", func(t *testing.T) {
		require.NoError(t, g.BindData(t.Context()))
		_, err := g.TryJob(t.Context(), job, scenario.DeniedJob{Name: "study", Want: "study"})
		require.NoError(t, err)
	})
	t.Run("restricted", func(t *testing.T) {
		require.NoError(t, g.Restrict(t.Context()))
		for _, j := range scenario.RestrictedJobs() {
			_, err := g.TryJob(t.Context(), job, j)
			require.NoError(t, err)
		}
		completes(t, g)
	})
	t.Run("finished job pods", func(t *testing.T) {
		manifest, err := os.ReadFile("../../docs/examples/finished-job-pods.yaml")
		require.NoError(t, err)
		left, err := g.CollectJobPods(t.Context(), string(manifest))
		require.NoError(t, err)
		require.Empty(t, left)
	})
	t.Run("nothing of the launchers stays", func(t *testing.T) {
		for _, p := range g.Parents() {
			flare(t, "delete", p.Participant, "-n", p.Namespace)
			out, err := scenario.Must(t.Context(), nil, env.Kubectl, "get", "pods,secrets", "-n", p.Namespace, "-o", "name")
			require.NoError(t, err)
			require.NotContains(t, out, "nvflare-", p.Namespace)
			require.NotContains(t, out, "-"+p.Object, p.Namespace)
		}
	})
}

// completes submits the job and compares its model. Every participant has run it in a pod.
func completes(t *testing.T, g *scenario.Governed) {
	t.Helper()
	id := strings.TrimSpace(flare(t, "job", "submit", job, "--wait", "--timeout=5m", "-o", "name", "-n", g.ServerNamespace()))
	_, err := env.CheckModel(t.Context(), nil, g.ServerNamespace(), id, filepath.Join(t.TempDir(), "result"))
	require.NoError(t, err)
	for _, p := range g.Parents() {
		pods, err := scenario.Must(t.Context(), nil, env.Kubectl, "get", "pods", "-n", p.Namespace,
			"-l", "kubectl-flare.dev/role=job", "-o", "name")
		require.NoError(t, err)
		require.Contains(t, pods, id, "no pod of the job of %s", p.Participant)
	}
}

// secretsAreEmpty: the launchers' copies of the kits have no content.
func secretsAreEmpty(t *testing.T, g *scenario.Governed) {
	t.Helper()
	for _, p := range g.Parents() {
		out, err := scenario.Must(t.Context(), nil, env.Kubectl, "get", "secrets", "-n", p.Namespace,
			"-o", `jsonpath={range .items[?(@.type=="Opaque")]}{.metadata.name}={.data}{"\n"}{end}`)
		require.NoError(t, err)
		name, data, found := strings.Cut(strings.TrimSpace(out), "=")
		require.True(t, found, "no Secret of the launcher of %s", p.Participant)
		require.True(t, strings.HasPrefix(name, "nvflare-startup-"), out)
		require.Empty(t, data, name)
	}
}
