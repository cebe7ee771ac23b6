//go:build e2e && lab

package e2e

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// TestPlatform runs a federation on a cluster that assigns the user of pods, from an image in a
// private registry whose Python is on no PATH. What is missing is said before it is given.
func TestPlatform(t *testing.T) {
	parallel(t, nvflareCPU)
	f := scenario.Federation{Name: "e2e_platform", Prefix: "e2e-platform"}
	kits, root := federation(t, f, env.NVFLARE)
	private, err := env.PrivateImage(t.Context())
	require.NoError(t, err)
	for _, namespace := range f.Namespaces() {
		require.NoError(t, env.PullSecret(t.Context(), private, namespace, "registry"))
	}
	end, err := env.AssignUsers(t.Context(), f.Prefix)
	require.NoError(t, err)
	t.Cleanup(func() { require.NoError(t, end(context.Background())) })

	given := []string{"--run-as-user=platform", "--image-pull-secret=registry", "--python=" + private.Python}
	awaitAssigned(t, f.ServerNamespace())
	for name, step := range map[string]struct {
		without int
		want    string
	}{
		"the platform's user": {0, "--run-as-user=platform"},
		"the pull secret":     {1, "pull"},
		"the path of Python":  {2, "--python"},
	} {
		t.Run("without "+name, func(t *testing.T) {
			args := []string{"launch", filepath.Join(kits, scenario.Server), "-n", f.ServerNamespace(), "--image", private.Image, "--root-fingerprint", root, "--timeout=60s"}
			args = append(args, slices.Delete(slices.Clone(given), step.without, step.without+1)...)
			require.Contains(t, failing(t, args...), step.want)
		})
	}

	file := filepath.Join(t.TempDir(), "federation.yaml")
	require.NoError(t, os.WriteFile(file, fmt.Appendf(nil, platform, f.Name, root, kits, private.Image, private.Python, f.ServerNamespace(), f.Site1Namespace(), f.Site2Namespace()), 0o600))
	flare(t, "up", "-f", file)
	require.Equal(t, "1000700000", kubectl(t, "get", "pods", "-n", f.Site1Namespace(), "-l", "kubectl-flare.dev/role=client", "-o", "jsonpath={.items[*].spec.securityContext.runAsUser}"))
	id := strings.TrimSpace(flare(t, "job", "submit", job, "--wait", "--timeout=5m", "-o", "name", "-n", f.ServerNamespace()))
	_, err = env.CheckModel(t.Context(), nil, f.ServerNamespace(), id, filepath.Join(t.TempDir(), "result"))
	require.NoError(t, err)
}

// platform has jobs in pods of their own, which need all of it too.
const platform = `apiVersion: kubectl-flare.dev/v1alpha1
kind: Federation
metadata: {name: %s}
spec:
  framework: {name: nvflare}
  rootFingerprint: %s
  kits: %s
  defaults: {image: %q, python: %s, imagePullSecrets: [registry], platformUser: true, jobRuntime: pod}
  participants:
  - {name: server1, namespace: %s}
  - {name: site-1, namespace: %s}
  - {name: Site_2, namespace: %s}
  - {name: lead@hospital-a.org, namespace: %[6]s}
`

// awaitAssigned waits until the API server has loaded the policies of the stand-in: then a pod
// gets a user that it did not ask for.
func awaitAssigned(t *testing.T, namespace string) {
	t.Helper()
	require.EventuallyWithT(t, func(c *assert.CollectT) {
		r, err := scenario.Run(t.Context(), nil, env.Kubectl, "run", "probe", "-n", namespace, "--image=none", "--dry-run=server", "-o", "yaml", "--overrides", restrictedPod)
		assert.NoError(c, err)
		assert.Contains(c, r.Stdout, "runAsUser: 1000700000")
	}, 20*time.Second, 200*time.Millisecond)
}

// restrictedPod is what Pod Security asks of a pod.
const restrictedPod = `{"spec": {"securityContext": {"runAsNonRoot": true, "seccompProfile": {"type": "RuntimeDefault"}},
	"containers": [{"name": "probe", "image": "none", "securityContext": {"allowPrivilegeEscalation": false, "capabilities": {"drop": ["ALL"]}}}]}}`
