//go:build e2e && governed

package e2e

import (
	"context"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/clientcmd"
)

// load is pods on their way into a governed namespace: valid ones, and ones that
// must never pass. Nothing of them is stored.
type load struct {
	typed     kubernetes.Interface
	good, bad *corev1.Pod

	passed, failed, refused, admitted atomic.Int64
	mu                                sync.Mutex
	failures                          []string
}

func newLoad(t *testing.T, good *corev1.Pod) *load {
	t.Helper()
	config, err := clientcmd.NewDefaultClientConfigLoadingRules().Load()
	require.NoError(t, err)
	rest, err := clientcmd.NewDefaultClientConfig(*config, nil).ClientConfig()
	require.NoError(t, err)
	rest.QPS, rest.Burst = 1000, 1000
	typed, err := kubernetes.NewForConfig(rest)
	require.NoError(t, err)
	bad := good.DeepCopy()
	bad.Spec.Containers[0].Command = []string{"cat"}
	return &load{typed: typed, good: good, bad: bad}
}

// during sends pods, four at a time, while something happens.
func (l *load) during(t *testing.T, happens func()) {
	t.Helper()
	l.with(t, 4, happens)
}

// with sends so many pods at a time, half of them valid, while something happens.
func (l *load) with(t *testing.T, atOnce int, happens func()) {
	t.Helper()
	l.passed.Store(0)
	l.failed.Store(0)
	l.refused.Store(0)
	l.admitted.Store(0)
	l.failures = nil
	ctx, stop := context.WithCancel(t.Context())
	var senders sync.WaitGroup
	for range atOnce / 2 {
		senders.Go(func() { l.send(ctx, l.good) })
		senders.Go(func() { l.send(ctx, l.bad) })
	}
	happens()
	stop()
	senders.Wait()
	t.Logf("valid pods: %d passed, %d failed; invalid pods: %d denied, %d admitted", l.passed.Load(), l.failed.Load(), l.refused.Load(), l.admitted.Load())
}

// reach waits until a count of during or with has reached a number: how long that takes depends
// on the machine.
func reach(t *testing.T, count *atomic.Int64, number int64) {
	t.Helper()
	require.Eventually(t, func() bool { return count.Load() >= number }, 2*time.Minute, 100*time.Millisecond)
}

func (l *load) send(ctx context.Context, pod *corev1.Pod) {
	for ctx.Err() == nil {
		err := l.try(ctx, pod)
		switch {
		case ctx.Err() != nil:
		case pod == l.bad && err == nil:
			l.admitted.Add(1)
		case pod == l.bad:
			l.refused.Add(1)
		case err == nil:
			l.passed.Add(1)
		default:
			l.failed.Add(1)
			l.mu.Lock()
			l.failures = append(l.failures, err.Error())
			l.mu.Unlock()
		}
	}
}

func (l *load) try(ctx context.Context, pod *corev1.Pod) error {
	_, err := l.typed.CoreV1().Pods(pod.Namespace).Create(ctx, pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	return err
}

// byWebhook says whether the webhook decided a denial.
func byWebhook(err error) bool {
	return apierrors.IsForbidden(err) && strings.Contains(err.Error(), `admission webhook "pods.kubectl-flare.dev" denied the request: SitePolicy`)
}
