//go:build integration

// Package load sends more than the webhook can take through every door, with a real API
// server before it: many requests at a time, the largest objects, and a namespace that is
// full. The webhook is a process of its own, with the memory limit of its manifest. Nothing
// here is timed.
package load

import (
	"context"
	"fmt"
	"net/http"
	"strings"
	"sync"
	"sync/atomic"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

// senders is how many requests are on their way at a time.
const senders = 200

// door is one way into the webhook.
type door struct {
	name string
	// requests is how many are sent.
	requests int
	send     func(ctx context.Context, c kubernetes.Interface, ns string, i int) error
	// lookUps is the most that a request may look up or ask about its user.
	lookUps float64
}

func dryRun() metav1.CreateOptions { return metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}} }

func create(pod func(i int) *corev1.Pod) func(context.Context, kubernetes.Interface, string, int) error {
	return func(ctx context.Context, c kubernetes.Interface, ns string, i int) error {
		_, err := c.CoreV1().Pods(ns).Create(ctx, pod(i), dryRun())
		return err
	}
}

func connect(resource, name, subresource string) func(context.Context, kubernetes.Interface, string, int) error {
	return func(ctx context.Context, c kubernetes.Interface, ns string, _ int) error {
		return c.CoreV1().RESTClient().Post().Namespace(ns).Resource(resource).Name(name).SubResource(subresource).Do(ctx).Error()
	}
}

// createJob sends a job pod as the launcher of the namespace.
func (w *world) createJob(ctx context.Context, _ kubernetes.Interface, ns string, i int) error {
	return create(func(int) *corev1.Pod { return w.jobPod() })(ctx, w.launchers[ns], ns, i)
}

func (w *world) doors(t testing.TB) []door {
	t.Helper()
	largest, network, service, policy := w.largestPod(), largestNetworkPolicy(), largestService(), largestPolicy(t)
	return []door{
		{"ordinary pods", 600, create(func(int) *corev1.Pod { return ordinaryPod("new") }), 0},
		{"pods with a kit", 600, create(func(i int) *corev1.Pod { return w.kitPod(i) }), 2},
		{"job pods of a launcher", 600, w.createJob, 2},
		{"exec", 400, connect("pods", "p-0", "exec"), 1},
		{"a Service's proxy", 400, connect("services", "all:80", "proxy"), 2},
		{"Secrets of kits", 100, func(ctx context.Context, c kubernetes.Interface, ns string, i int) error {
			_, err := c.CoreV1().Secrets(ns).Create(ctx, largestSecret(i), dryRun())
			return err
		}, 0},
		{"ConfigMaps of local/", 100, func(ctx context.Context, c kubernetes.Interface, ns string, i int) error {
			_, err := c.CoreV1().ConfigMaps(ns).Create(ctx, largestConfigMap(i), dryRun())
			return err
		}, 0},
		{"the largest pods", 40, create(func(int) *corev1.Pod { return largest }), 4},
		{"Bindings", 20, bind, 0},
		{"claims with a source", 100, createClaim, 1},
		{"snapshots", 50, createSnapshot, 1},
		{"NetworkPolicies", 12, func(ctx context.Context, c kubernetes.Interface, ns string, _ int) error {
			_, err := c.NetworkingV1().NetworkPolicies(ns).Create(ctx, network, dryRun())
			return err
		}, 1},
		{"Services", 20, func(ctx context.Context, c kubernetes.Interface, ns string, _ int) error {
			_, err := c.CoreV1().Services(ns).Create(ctx, service, dryRun())
			return err
		}, 1},
		{"SitePolicies", 20, changePolicy(policy), 1},
	}
}

// TestEveryDoor: the process lives, its memory stays below the limit of its manifest, and a
// request looks up as much as in an empty namespace.
func TestEveryDoor(t *testing.T) {
	w := start(t)
	for _, d := range w.doors(t) {
		t.Run(d.name, func(t *testing.T) {
			for _, ns := range []string{w.empty, w.full} {
				before := w.lookUps.Load()
				answers := w.rush(t, d, ns)
				made := float64(w.lookUps.Load()-before) / float64(d.requests)
				t.Logf("%s: %v; %.2f look-ups a request; memory at most %d MiB", ns, answers, made, w.webhook.peak(t)>>20)
				require.LessOrEqual(t, made, d.lookUps, "look-ups in namespace %s", ns)
				require.Less(t, w.webhook.peak(t), w.limit)
				require.Zero(t, answers["not reviewed"], "the webhook did not answer")
			}
		})
	}
	t.Run("large bodies and slow clients", w.testBodies)
}

// rush sends the requests of a door, many at a time, and counts what comes of them.
func (w *world) rush(t *testing.T, d door, ns string) map[string]int {
	t.Helper()
	ctx, cancel := context.WithTimeout(t.Context(), 4*time.Minute)
	defer cancel()
	var mu sync.Mutex
	answers := map[string]int{}
	var next atomic.Int64
	var all sync.WaitGroup
	for range min(senders, d.requests) {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < d.requests; i = int(next.Add(1)) - 1 {
				answer := kindOf(d.send(ctx, w.user, ns, i))
				mu.Lock()
				answers[answer]++
				mu.Unlock()
			}
		})
	}
	all.Wait()
	return answers
}

// kindOf sorts answers: only a webhook that is away gives none.
func kindOf(err error) string {
	switch {
	case err == nil:
		return "allowed"
	case strings.Contains(err.Error(), syscall.ECONNREFUSED.Error()), strings.Contains(err.Error(), "EOF"):
		return "not reviewed"
	case apierrors.IsTooManyRequests(err), strings.Contains(err.Error(), "at a time"):
		return "busy"
	case strings.Contains(err.Error(), "denied the request"):
		return "denied"
	}
	return "other"
}

// users are who sends the requests, without the client's own limits.
func users(t testing.TB, config *rest.Config, impersonate rest.ImpersonationConfig) kubernetes.Interface {
	t.Helper()
	config = rest.CopyConfig(config)
	config.QPS, config.Impersonate = -1, impersonate
	config.Timeout = time.Minute
	c, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)
	return c
}

// boundTo is a launcher's token of one pod.
func boundTo(user string, pod *corev1.Pod) rest.ImpersonationConfig {
	return rest.ImpersonationConfig{UserName: user, Groups: []string{"system:masters"}, Extra: map[string][]string{
		policies.ExtraPodName: {pod.Name}, policies.ExtraPodUID: {string(pod.UID)},
	}}
}

func ordinaryPod(name string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, Labels: map[string]string{"app": "ordinary"}},
		Spec: corev1.PodSpec{
			AutomountServiceAccountToken: new(false),
			SecurityContext: &corev1.PodSecurityContext{
				RunAsNonRoot: new(true), RunAsUser: new(int64(1000)), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
			},
			Containers: []corev1.Container{{
				Name: "main", Image: "registry.test/x",
				SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: new(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}},
			}},
		},
	}
}

// largestPod is about as large as the API server takes, and mounts a kit.
func (w *world) largestPod() *corev1.Pod {
	pod := w.kitPod(0)
	for i := range 20 {
		pod.Spec.Containers[0].Env = append(pod.Spec.Containers[0].Env, corev1.EnvVar{Name: fmt.Sprint("V", i), Value: strings.Repeat("x", 128<<10)})
	}
	return pod
}

const digest = "00000000000000000000000000000000"

func largestSecret(i int) *corev1.Secret {
	return &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("%ssite-%d-%s", names.PrefixKit, i, digest)},
		Type:       names.KitSecretType, Immutable: new(true), Data: map[string][]byte{"fed_client.json": make([]byte, 1<<20-1<<10)},
	}
}

func largestConfigMap(i int) *corev1.ConfigMap {
	return &corev1.ConfigMap{
		ObjectMeta: metav1.ObjectMeta{Name: fmt.Sprintf("%ssite-%d-%s", names.PrefixLocal, i, digest)},
		Immutable:  new(true), Data: map[string]string{"resources.json": strings.Repeat("x", 1<<20-1<<10)},
	}
}

// testBodies goes past the API server, as a client could that reaches the webhook.
func (w *world) testBodies(t *testing.T) {
	for range 100 {
		w.slowClient(t)
	}
	body := `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u","operation":"CREATE","namespace":"` + w.full +
		`","kind":{"version":"v1","kind":"Pod"},"resource":{"version":"v1","resource":"pods"},"object":{"metadata":{"annotations":{"a":"` +
		strings.Repeat("x", 7<<20-1<<10) + `"}}}}}`
	var all sync.WaitGroup
	for range 24 {
		all.Go(func() {
			response, err := w.direct.Post(w.url+"/validate/pods", "application/json", strings.NewReader(body))
			if err == nil {
				response.Body.Close()
			}
		})
	}
	all.Wait()
	t.Logf("memory at most %d MiB", w.webhook.peak(t)>>20)
	require.Less(t, w.webhook.peak(t), w.limit)
	response, err := http.Get(w.health + "/readyz")
	require.NoError(t, err)
	response.Body.Close()
	require.Equal(t, http.StatusOK, response.StatusCode)
}

// BenchmarkNeighbours compares requests in a full namespace with the same in an empty one.
func BenchmarkNeighbours(b *testing.B) {
	w := start(b)
	for name, send := range map[string]func(context.Context, kubernetes.Interface, string, int) error{
		"job-pod": w.createJob, "service-proxy": connect("services", "all:80", "proxy"),
	} {
		for _, ns := range []string{w.empty, w.full} {
			b.Run(name+"/"+ns, func(b *testing.B) {
				for b.Loop() {
					if answer := kindOf(send(b.Context(), w.user, ns, 0)); answer == "not reviewed" || answer == "busy" {
						b.Fatal(answer)
					}
				}
			})
		}
	}
}

// BenchmarkMemory reports the memory of the webhook beside 5,000 pods and 50 policies, once it
// has evaluated a pod with each of 500 kits. Goal (design §8): 64 MiB.
func BenchmarkMemory(b *testing.B) {
	w := start(b)
	for i := pods; i < 5*pods; i++ {
		pod := ordinaryPod(fmt.Sprint("p-", i))
		pod.Namespace = w.full
		w.create(b, pod)
	}
	for n := participants / perPolicy; n < 50; n++ {
		p := policiestest.Policy(b)
		p.ObjectMeta = metav1.ObjectMeta{Name: fmt.Sprint("load-", n)}
		w.create(b, p)
	}
	for b.Loop() {
		for i := range w.secrets {
			_, err := w.user.CoreV1().Pods(w.full).Create(b.Context(), w.kitPod(i), dryRun())
			require.Equal(b, "denied", kindOf(err))
		}
	}
	b.ReportMetric(float64(w.webhook.memory(b, "VmRSS:")), "rss-bytes")
	b.ReportMetric(float64(w.limit), "limit-bytes")
}
