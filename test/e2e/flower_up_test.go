//go:build e2e && flower

package e2e

import (
	"context"
	"path/filepath"
	"regexp"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// submitted is how `up` says which job it runs.
var submitted = regexp.MustCompile(`job (\d+) submitted`)

// TestUp brings a federation up with one command, and takes it away with another. What is
// given for the clients and the job reaches them: the number of clients, the rounds, and a
// privacy budget, with which the result has as much noise as it must.
func TestUp(t *testing.T) {
	parallel(t, flowerCPU)
	e, err := env.WithFlower("HTTP")
	require.NoError(t, err)
	const prefix, namespace = "e2e-up", "e2e-up-demo"
	require.NoError(t, env.CreateNamespaces(t.Context(), prefix, namespace))
	t.Cleanup(func() { require.NoError(t, env.LeaveNamespaces(context.Background(), prefix)) })
	out := filepath.Join(t.TempDir(), "demo")
	up := func(args ...string) string {
		all := append([]string{e.Flare, "up", "../testdata/jobs/flower-private", "--framework=flower", "--image", e.Image, "--framework-version", e.Flower, "--out", out, "-n", namespace}, args...)
		r, err := scenario.Run(t.Context(), nil, all...)
		require.NoError(t, err)
		require.Zero(t, r.Code, r.Stderr)
		id := submitted.FindStringSubmatch(r.Stderr)
		require.NotNil(t, id, r.Stderr)
		return flare(t, "job", "logs", id[1], "-n", namespace)
	}
	require.Contains(t, up("--clients=2", "--min=2", "--rounds=1", "--client-config=privacy-budget=1000000"), "CLIENTS 2 ROUNDS 1 EXACT")
	require.Contains(t, up("--clients=3", "--min=3", "--rounds=1", "--client-config=privacy-budget=0.1"), "CLIENTS 3 ROUNDS 1 NOISY")

	flare(t, "down", "-n", namespace, "--delete-data")
	left, err := scenario.Must(t.Context(), nil, env.Kubectl, "get", "deployments,services,secrets,cronjobs,serviceaccounts", "-n", namespace, "-l", "app.kubernetes.io/managed-by=kubectl-flare", "-o", "name")
	require.NoError(t, err)
	require.Empty(t, left)
}
