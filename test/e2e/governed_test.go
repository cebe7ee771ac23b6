//go:build e2e && governed

package e2e

import (
	"context"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// governed provisions a federation and puts its namespaces under policies.
func governed(t *testing.T, name, prefix string) *scenario.Governed {
	t.Helper()
	f := scenario.Federation{Name: name, Prefix: prefix}
	install(t)
	kits, root := federation(t, f, env.NVFLARE)
	g := &scenario.Governed{Env: env, Federation: f, Kits: kits, Root: root}
	g.Dir = t.TempDir()
	leave(t, g)
	require.NoError(t, g.Seal(t.Context()))
	require.NoError(t, g.Govern(t.Context()))
	return g
}

// install installs the webhook, unless another test has done so.
func install(t *testing.T) {
	t.Helper()
	require.NoError(t, webhook.Ensure(t.Context(), env))
}

// leave deletes a federation, its policies included, when its test has ended.
func leave(t *testing.T, g *scenario.Governed) {
	t.Helper()
	t.Cleanup(func() { require.NoError(t, g.Leave(context.Background())) })
}
