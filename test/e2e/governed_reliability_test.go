//go:build e2e && governed

package e2e

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// TestReliability keeps writing pods into a governed namespace while the webhook is
// updated and killed.
func TestReliability(t *testing.T) {
	l := underLoad(t, "e2e_reliability", "e2e-rel")

	t.Run("an update by install loses no request", func(t *testing.T) {
		l.during(t, func() {
			// Other arguments of the webhook, so that every pod is replaced, and back.
			for _, more := range [][]string{nil, {"--kit-image", env.KitImage}} {
				before, err := env.WebhookPods(t.Context())
				require.NoError(t, err)
				flare(t, append([]string{"install", "--certs=cert-manager", "--image", env.WebhookImage}, more...)...)
				kubectl(t, "rollout", "status", "deployment/flare-webhook", "-n", "flare-system", "--timeout=90s")
				for _, old := range before {
					kubectl(t, "wait", "--for=delete", "pod/"+old.Name, "-n", "flare-system", "--timeout=60s")
				}
			}
			reach(t, &l.passed, 100)
		})
		require.Zero(t, l.failed.Load(), "%v", l.failures)
		require.Zero(t, l.admitted.Load())
	})
	t.Run("a new certificate loses no request", func(t *testing.T) {
		l.during(t, func() {
			pods, err := env.WebhookPods(t.Context())
			require.NoError(t, err)
			before := make([]string, len(pods))
			for i, pod := range pods {
				before[i], err = env.ServingCertificate(t.Context(), pod)
				require.NoError(t, err)
			}
			// cert-manager issues it again at once.
			kubectl(t, "delete", "secret", "flare-webhook-tls", "-n", "flare-system")
			for i, pod := range pods {
				require.Eventually(t, func() bool {
					now, err := env.ServingCertificate(t.Context(), pod)
					return err == nil && now != before[i]
				}, 3*time.Minute, time.Second, "pod %s serves its old certificate", pod.Name)
			}
		})
		require.Zero(t, l.failed.Load(), "%v", l.failures)
		require.Zero(t, l.admitted.Load())
	})
	t.Run("200 requests at once", func(t *testing.T) {
		l.with(t, 200, func() {
			time.Sleep(10 * time.Second)
			reach(t, &l.passed, 10)
		})
		require.Zero(t, l.admitted.Load())
		for _, failure := range l.failures {
			require.Regexp(t, "too many requests|cannot be looked up|failed calling webhook", failure)
		}
		recovers(t, l)
	})
	t.Run("killed pods let nothing through", func(t *testing.T) {
		l.during(t, func() {
			for range 3 {
				kubectl(t, "delete", "pods", "--all", "-n", "flare-system", "--grace-period=0", "--force")
				time.Sleep(2 * time.Second)
			}
			reach(t, &l.refused, 10)
		})
		require.Zero(t, l.admitted.Load())
		recovers(t, l)
	})
}

// underLoad governs a federation and launches one client, and returns pods to
// send at it.
func underLoad(t *testing.T, name, prefix string) *load {
	t.Helper()
	g := governed(t, name, prefix)
	// It will find no server, and need not.
	flare(t, "launch", g.Kit(scenario.Site1), "-n", g.Site1Namespace(), "--root-fingerprint", g.Root, "--image", g.Image, "--wait=false")
	pod, err := g.ClientPod(t.Context())
	require.NoError(t, err)
	l := newLoad(t, pod)
	require.NoError(t, l.try(t.Context(), l.good))
	require.True(t, byWebhook(l.try(t.Context(), l.bad)))
	return l
}

// recovers waits until valid pods pass and invalid ones are denied by a verdict.
func recovers(t *testing.T, l *load) {
	t.Helper()
	require.Eventually(t, func() bool {
		return l.try(t.Context(), l.good) == nil && byWebhook(l.try(t.Context(), l.bad))
	}, 2*time.Minute, 200*time.Millisecond)
}
