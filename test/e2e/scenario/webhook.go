package scenario

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// webhookNamespace is where the webhook runs.
const webhookNamespace = "flare-system"

// WebhookPods are the webhook's pods.
func (e Env) WebhookPods(ctx context.Context) ([]corev1.Pod, error) {
	out, err := Must(ctx, nil, e.Kubectl, "get", "pods", "-n", webhookNamespace, "-l", "app.kubernetes.io/name=flare-webhook", "-o", "json")
	if err != nil {
		return nil, err
	}
	var pods corev1.PodList
	if err := json.Unmarshal([]byte(out), &pods); err != nil {
		return nil, err
	}
	if len(pods.Items) == 0 {
		return nil, errors.New("the webhook has no pods")
	}
	return pods.Items, nil
}

// ReadyAfter is how long after its container's start a pod was ready, in whole
// seconds as the kubelet tells it.
func ReadyAfter(pod corev1.Pod) time.Duration {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodReady && len(pod.Status.ContainerStatuses) > 0 && pod.Status.ContainerStatuses[0].State.Running != nil {
			return c.LastTransitionTime.Sub(pod.Status.ContainerStatuses[0].State.Running.StartedAt.Time)
		}
	}
	return time.Hour
}

// PolicyChange lets the first site's policy reject its own kit, and then take it
// again, and says how long the slower of the two took to be visible to a user who
// writes a pod.
func (g *Governed) PolicyChange(ctx context.Context) (time.Duration, error) {
	pod, err := g.ClientPod(ctx)
	if err != nil {
		return 0, err
	}
	file, err := g.write("probe.json", pod)
	if err != nil {
		return 0, err
	}
	var slowest time.Duration
	for _, name := range []string{"unknown", Site1} {
		patch := fmt.Sprintf(`{"spec":{"participants":[%[1]q],"launchers":[{"participant":%[1]q,"serviceAccountName":%[2]q}]}}`, name, Site1)
		if _, err := Must(ctx, nil, g.Kubectl, "patch", "sitepolicy", g.Site1Namespace(), "--type=merge", "-p", patch); err != nil {
			return 0, err
		}
		took, err := g.awaitVerdict(ctx, file, name == Site1)
		if err != nil {
			return 0, err
		}
		slowest = max(slowest, took)
	}
	return slowest, nil
}

// awaitVerdict tries a pod until it is allowed, or denied. It looks ten times in a
// row: every replica must have seen the change.
func (g *Governed) awaitVerdict(ctx context.Context, file string, allowed bool) (time.Duration, error) {
	start := time.Now()
	var since time.Duration
	for right := 0; right < 10; {
		r, err := Run(ctx, nil, g.Kubectl, "create", "--dry-run=server", "-f", file)
		if err != nil {
			return 0, err
		}
		if (r.Code == 0) != allowed {
			right, since = 0, time.Since(start)
		} else {
			right++
		}
		if time.Since(start) > 30*time.Second {
			return 0, fmt.Errorf("a policy change is not visible after 30 s: %s", r.Stderr)
		}
	}
	return since, nil
}
