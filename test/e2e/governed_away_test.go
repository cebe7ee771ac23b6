//go:build e2e && governed

package e2e

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// TestWebhookAway scales the webhook to zero. No new pod is admitted then, and what exists
// goes on: a Job completes, finalizers and labels change, a node is drained and a namespace
// is deleted.
func TestWebhookAway(t *testing.T) {
	g := governed(t, "e2e_away", "e2e-away")
	ns, other := g.Site1Namespace(), g.Site2Namespace()
	create(t, ns, jobOf("ordinary", g.Image, "sleep 15"))
	create(t, ns, podOf("held", g.Image, "[example.org/hold]"))
	create(t, ns, podOf("drained", g.Image, "[]"))
	create(t, other, podOf("left", g.Image, "[]"))
	for _, pod := range []string{"held", "drained"} {
		kubectl(t, "wait", "--for=condition=Ready", "pod/"+pod, "-n", ns, "--timeout=120s")
	}
	kubectl(t, "wait", "--for=condition=Ready", "pod", "-l", "job-name=ordinary", "-n", ns, "--timeout=120s")
	scaleWebhook(t, 0)

	t.Run("no pod is admitted", func(t *testing.T) {
		r, err := scenario.Run(t.Context(), nil, env.Kubectl, "create", "--dry-run=server", "-n", ns, "-f", manifest(t, podOf("new", g.Image, "[]")))
		require.NoError(t, err)
		require.NotZero(t, r.Code)
		require.Contains(t, r.Stderr, `failed calling webhook "pods.kubectl-flare.dev"`)
	})
	t.Run("a Job completes", func(t *testing.T) {
		kubectl(t, "wait", "--for=condition=Complete", "job/ordinary", "-n", ns, "--timeout=120s")
		kubectl(t, "delete", "job", "ordinary", "-n", ns, "--timeout=60s")
	})
	t.Run("labels and finalizers change", func(t *testing.T) {
		kubectl(t, "label", "pod", "held", "-n", ns, "example.org/seen=true")
		kubectl(t, "delete", "pod", "held", "-n", ns, "--wait=false", "--grace-period=1")
		kubectl(t, "patch", "pod", "held", "-n", ns, "--type=merge", "-p", `{"metadata":{"finalizers":null}}`)
		kubectl(t, "wait", "--for=delete", "pod/held", "-n", ns, "--timeout=60s")
	})
	t.Run("a node is drained", func(t *testing.T) {
		node := kubectl(t, "get", "pod", "drained", "-n", ns, "-o", "jsonpath={.spec.nodeName}")
		defer kubectl(t, "uncordon", node)
		kubectl(t, "drain", node, "--force", "--grace-period=1", "--pod-selector=app=e2e-away", "--timeout=60s")
		kubectl(t, "wait", "--for=delete", "pod/drained", "-n", ns, "--timeout=60s")
	})
	t.Run("a namespace is deleted", func(t *testing.T) {
		kubectl(t, "delete", "namespace", other, "--timeout=120s")
	})
	scaleWebhook(t, 2)
	t.Run("pods are admitted again", func(t *testing.T) {
		// The node learns a moment later where the new pods are.
		require.Eventually(t, func() bool {
			r, err := scenario.Run(t.Context(), nil, env.Kubectl, "create", "--dry-run=server", "-n", ns, "-f", manifest(t, podOf("back", g.Image, "[]")))
			return err == nil && r.Code == 0
		}, time.Minute, time.Second)
		create(t, ns, podOf("back", g.Image, "[]"))
		kubectl(t, "wait", "--for=condition=Ready", "pod/back", "-n", ns, "--timeout=120s")
	})
}

// scaleWebhook waits until the webhook has as many pods.
func scaleWebhook(t *testing.T, replicas int) {
	t.Helper()
	before, err := env.WebhookPods(t.Context())
	if replicas == 0 {
		require.NoError(t, err)
	}
	kubectl(t, "scale", "deployment/flare-webhook", "-n", "flare-system", fmt.Sprint("--replicas=", replicas))
	kubectl(t, "rollout", "status", "deployment/flare-webhook", "-n", "flare-system", "--timeout=90s")
	for _, pod := range before {
		kubectl(t, "wait", "--for=delete", "pod/"+pod.Name, "-n", "flare-system", "--timeout=90s")
	}
}

func create(t *testing.T, namespace, object string) {
	t.Helper()
	kubectl(t, "create", "-n", namespace, "-f", manifest(t, object))
}

func manifest(t *testing.T, object string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), "object.yaml")
	require.NoError(t, os.WriteFile(file, []byte(object), 0o600))
	return file
}

// ordinary is the spec of a pod that has nothing to do with a federation.
const ordinary = `{automountServiceAccountToken: false, restartPolicy: Never, terminationGracePeriodSeconds: 1,
  securityContext: {runAsNonRoot: true, runAsUser: 1000, seccompProfile: {type: RuntimeDefault}},
  containers: [{name: main, image: %q, command: [sh, -c, %q],
    securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}}]}`

func podOf(name, image, finalizers string) string {
	spec := fmt.Sprintf(ordinary, image, "sleep 600")
	return fmt.Sprintf("{apiVersion: v1, kind: Pod, metadata: {name: %s, labels: {app: e2e-away}, finalizers: %s}, spec: %s}\n", name, finalizers, spec)
}

func jobOf(name, image, command string) string {
	spec := strings.ReplaceAll(fmt.Sprintf(ordinary, image, command), "\n", " ")
	return fmt.Sprintf("{apiVersion: batch/v1, kind: Job, metadata: {name: %s}, spec: {template: {metadata: {labels: {app: e2e-away-job}}, spec: %s}}}\n", name, spec)
}
