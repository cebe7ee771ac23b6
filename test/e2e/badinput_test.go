//go:build e2e

package e2e

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// TestBadInput gives what a person gives by mistake: a clear error, exit code 1,
// and nothing half-applied.
func TestBadInput(t *testing.T) {
	parallel(t, 100)
	f := scenario.Federation{Name: "bad_input", Prefix: "e2e-bad"}
	kits, root := federation(t, f, env.NVFLARE)
	server, client := filepath.Join(kits, scenario.Server), filepath.Join(kits, scenario.Site1)
	namespace := f.Site1Namespace()
	const nobody = "--as=system:serviceaccount:e2e-bad-site-1:default"
	closed := closedKubeconfig(t)

	cases := map[string]struct {
		args []string
		want []string
	}{
		"namespace absent": {
			[]string{"launch", client, "--image", env.Image, "-n", "e2e-bad-nowhere"},
			[]string{`namespace "e2e-bad-nowhere" does not exist`, "kubectl create namespace e2e-bad-nowhere"},
		},
		"no permission": {
			[]string{"launch", client, "--image", env.Image, "-n", namespace, nobody},
			[]string{"may not", "system:serviceaccount:e2e-bad-site-1:default", namespace},
		},
		"cluster unreachable": {
			[]string{"launch", client, "--image", env.Image, "-n", namespace, "--kubeconfig", closed},
			[]string{"cannot reach the cluster at https://", ":1"},
		},
		"wrong root": {
			[]string{"launch", client, "--image", env.Image, "-n", namespace, "--root-fingerprint", strings.Repeat("ab", 32)},
			[]string{"rootCA.pem", "must not be used"},
		},
		"server in another namespace than its clients dial": {
			[]string{"launch", server, "--image", env.Image, "-n", namespace, "--root-fingerprint", root},
			[]string{f.DialledHost(), "-n " + f.ServerNamespace()},
		},
		"no job folder": {
			[]string{"job", "submit", t.TempDir(), "-n", namespace},
			[]string{"is not a job folder", "meta.json"},
		},
		"no admin": {
			[]string{"job", "list", "-n", namespace},
			[]string{"has no admin", "kubectl flare launch"},
		},
		"no such participant": {
			[]string{"logs", "site-9", "-n", namespace},
			[]string{"site-9", namespace},
		},
	}
	for name, tc := range cases {
		t.Run(name, func(t *testing.T) {
			said := failing(t, tc.args...)
			for _, want := range tc.want {
				require.Contains(t, said, want)
			}
			left := kubectl(t, "get", "secrets,configmaps,deployments,persistentvolumeclaims,services,cronjobs", "-n", namespace, "-o", "name")
			require.Equal(t, "configmap/kube-root-ca.crt", strings.TrimSpace(left), "nothing is half-applied")
		})
	}
	t.Run("pods that cannot start", func(t *testing.T) { checkHopeless(t, f, client, root) })
}

// closedKubeconfig is the current context with a port at which nothing listens.
func closedKubeconfig(t *testing.T) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "closed.kubeconfig")
	require.NoError(t, os.WriteFile(file, []byte(kubectl(t, "config", "view", "--raw", "--minify")), 0o600))
	cluster := kubectl(t, "config", "view", "--minify", "-o", "jsonpath={.clusters[0].name}")
	kubectl(t, "--kubeconfig", file, "config", "set-cluster", cluster, "--server=https://127.0.0.1:1")
	return file
}

// checkHopeless launches what the API server takes and the cluster cannot run:
// launch ends soon and says why.
func checkHopeless(t *testing.T, f scenario.Federation, kit, root string) {
	t.Helper()
	namespace := f.Site1Namespace()
	// No node has a registry at its port 1.
	said := failing(t, "launch", kit, "-n", namespace, "--root-fingerprint", root, "--image", "127.0.0.1:1/nothing:1")
	require.Contains(t, said, "cannot be pulled")
	require.Contains(t, said, "check --image")

	kubectl(t, "delete", "deployment,persistentvolumeclaim", "--all", "-n", namespace, "--wait")
	said = failing(t, "launch", kit, "-n", namespace, "--root-fingerprint", root, "--image", env.Image, "--storage-class", "nothing")
	require.Contains(t, said, `StorageClass "nothing"`)

	kubectl(t, "delete", "deployment,persistentvolumeclaim", "--all", "-n", namespace, "--wait")
	kubectl(t, "create", "quota", "none", "--hard=pods=0", "-n", namespace)
	said = failing(t, "launch", kit, "-n", namespace, "--root-fingerprint", root, "--image", env.Image)
	require.Contains(t, said, "quota")
}
