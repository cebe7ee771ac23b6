//go:build e2e && governed

package e2e

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// TestGoverned runs a federation in governed namespaces, with the real webhook
// under certificates of the real cert-manager, one of its kits on a volume, and
// then attacks it.
func TestGoverned(t *testing.T) {
	g := governed(t, "e2e_governed", "e2e-gov")
	require.NoError(t, g.LaunchAll(t.Context()))
	id := strings.TrimSpace(flare(t, "job", "submit", job, "--wait", "--timeout=5m", "-o", "name", "-n", g.ServerNamespace()))
	_, err := env.CheckModel(t.Context(), nil, g.ServerNamespace(), id, filepath.Join(t.TempDir(), "result"))
	require.NoError(t, err)

	t.Run("network", func(t *testing.T) { network(t, g) })

	attacks, err := g.Attacks(t.Context())
	require.NoError(t, err)
	for _, a := range attacks {
		t.Run(a.Name, func(t *testing.T) {
			_, err := g.Try(t.Context(), a)
			require.NoError(t, err)
		})
	}
	require.NoError(t, g.RestoreKit(t.Context()))
	t.Run("privacy", func(t *testing.T) { privacy(t, g) })
}

// network shows that a client reaches its server, DNS and the API server, which its launcher
// needs, and nothing else that others reach. The cluster must enforce NetworkPolicies.
func network(t *testing.T, g *scenario.Governed) {
	t.Helper()
	elsewhere, from, listener, err := g.Outside(t.Context())
	require.NoError(t, err)
	api := scenario.Target{Name: "the API server", Host: "kubernetes.default.svc.cluster.local", Port: 443}
	server := scenario.Target{Name: "its server, by a name of DNS", Host: g.DialledHost(), Port: 8002}
	webhook := scenario.Target{Name: "the webhook", Host: "flare-webhook.flare-system.svc.cluster.local", Port: 443}
	targets := []scenario.Target{listener, webhook, api, server}
	others, err := g.Reach(t.Context(), elsewhere, from, targets)
	require.NoError(t, err)
	require.Equal(t, map[string]bool{listener.Name: true, webhook.Name: true, api.Name: true, server.Name: true}, others, "from a namespace that is not governed")
	client, err := g.Inside(t.Context(), g.Site1Namespace(), targets)
	require.NoError(t, err)
	require.Equal(t, map[string]bool{listener.Name: false, webhook.Name: false, api.Name: true, server.Name: true}, client, "from the client")
}

// privacy holds the settings of a site to its privacy rules, and runs a job under those that meet
// them.
func privacy(t *testing.T, g *scenario.Governed) {
	t.Helper()
	require.NoError(t, g.RequirePrivacy(t.Context()))
	for _, scope := range scenario.Scopes() {
		_, err := g.TryScope(t.Context(), scope, false)
		require.NoError(t, err, scope.Name)
	}
	flare(t, "job", "submit", job, "--wait", "--timeout=5m", "-o", "name", "-n", g.ServerNamespace())
}

// governed provisions a federation and puts its namespaces under policies of the
// installed webhook.
func governed(t *testing.T, name, prefix string) *scenario.Governed {
	t.Helper()
	f := scenario.Federation{Name: name, Prefix: prefix}
	kits, root := federation(t, f, env.NVFLARE)
	g := &scenario.Governed{Env: env, Federation: f, Kits: kits, Root: root}
	g.Dir = t.TempDir()
	t.Cleanup(func() {
		ctx := context.Background()
		require.NoError(t, env.DeleteNamespaces(ctx, f.Prefix))
		_, err := scenario.Must(ctx, nil, env.Flare, "uninstall", "--delete-policies")
		require.NoError(t, err)
		_, err = scenario.Must(ctx, nil, env.Kubectl, "wait", "--for=delete", "namespace/flare-system", "--timeout=60s")
		require.NoError(t, err)
		require.NoError(t, g.SendEveHome(ctx))
	})
	require.NoError(t, g.Install(t.Context()))
	require.NoError(t, g.Seal(t.Context()))
	require.NoError(t, g.Govern(t.Context()))
	return g
}
