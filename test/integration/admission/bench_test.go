//go:build integration

package admission

import (
	"context"
	"encoding/pem"
	"net/http"
	"net/http/httptest"
	"slices"
	"strconv"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admissionregistration/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

// BenchmarkCreate measures pod CREATE through the API server: in a governed
// namespace, and in one that a webhook on controller-runtime is registered for
// which decodes the pod, once as for ours: mutation is not asked about such a pod. The
// requests take turns, so that whatever else the machine does meets both alike.
// Nothing is stored. Goal (design §8): a p99 of at most 1.1 times the reference.
func BenchmarkCreate(b *testing.B) {
	governed, plain := prepareGoverned(b), prepareReference(b)
	for _, senders := range []int{1, 50, 200} {
		b.Run(strconv.Itoa(senders), func(b *testing.B) {
			ours, reference := createPods(b, senders, governed, plain)
			b.ReportMetric(percentile(ours, 99), "flare-p99-ns")
			b.ReportMetric(percentile(reference, 99), "reference-p99-ns")
			b.ReportMetric(percentile(ours, 50), "flare-p50-ns")
			b.ReportMetric(percentile(reference, 50), "reference-p50-ns")
		})
	}
}

// createPods sends b.N pods to each of the namespaces from so many senders, which take turns
// between both.
func createPods(b *testing.B, senders int, governed, plain string) (ours, reference []time.Duration) {
	b.Helper()
	ours, reference = make([]time.Duration, b.N), make([]time.Duration, b.N)
	var next atomic.Int64
	var all sync.WaitGroup
	b.ResetTimer()
	for range senders {
		all.Go(func() {
			for i := int(next.Add(1)) - 1; i < b.N; i = int(next.Add(1)) - 1 {
				if i%2 == 0 { // half of them begin with the other, so that no rush meets one alone
					ours[i] = createPod(b, governed)
				}
				reference[i] = createPod(b, plain)
				if i%2 == 1 {
					ours[i] = createPod(b, governed)
				}
			}
		})
	}
	all.Wait()
	return ours, reference
}

func percentile(list []time.Duration, p int) float64 {
	slices.Sort(list)
	return float64(list[min(len(list)*p/100, len(list)-1)])
}

func createPod(b *testing.B, ns string) time.Duration {
	b.Helper()
	pod := policiestest.OtherPod(b)
	pod.Namespace = ns
	start := time.Now()
	_, err := world.typed.CoreV1().Pods(ns).Create(b.Context(), pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
	took := time.Since(start)
	if err != nil { // not on the goroutine of the benchmark
		b.Error(err)
	}
	return took
}

func prepareGoverned(b *testing.B) string {
	b.Helper()
	const ns = "bench-governed"
	makeNamespace(b, namespaceOf(ns, ns))
	require.NoError(b, world.apply(b.Context(), policyOf(ns)))
	_, err := world.typed.RbacV1().RoleBindings(ns).Create(b.Context(), siteBinding(), metav1.CreateOptions{})
	if err != nil {
		require.ErrorContains(b, err, "already exists")
	}
	// The pod takes a variable from it.
	_, err = world.typed.CoreV1().Secrets(ns).Create(b.Context(), &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "notebook"}}, metav1.CreateOptions{})
	if err != nil {
		require.ErrorContains(b, err, "already exists")
	}
	awaitPod(b, ns)
	return ns
}

// prepareReference serves and registers the reference.
func prepareReference(b *testing.B) string {
	b.Helper()
	const ns = "bench-reference"
	namespace := namespaceOf(ns, "")
	namespace.Labels = map[string]string{"bench": "reference"}
	makeNamespace(b, namespace)
	server := httptest.NewTLSServer(decodes(b))
	b.Cleanup(server.Close)
	ca := pem.EncodeToMemory(&pem.Block{Type: "CERTIFICATE", Bytes: server.Certificate().Raw})
	selector := &metav1.LabelSelector{MatchLabels: namespace.Labels}
	config := admissionv1.WebhookClientConfig{URL: &server.URL, CABundle: ca}
	rules := []admissionv1.RuleWithOperations{{
		Operations: []admissionv1.OperationType{admissionv1.Create},
		Rule:       admissionv1.Rule{APIGroups: []string{""}, APIVersions: []string{"v1"}, Resources: []string{"pods"}},
	}}
	none, versions, meta := new(admissionv1.SideEffectClassNone), []string{"v1"}, metav1.ObjectMeta{Name: "bench-reference"}
	registrations := world.typed.AdmissionregistrationV1()
	_, err := registrations.ValidatingWebhookConfigurations().Create(b.Context(), &admissionv1.ValidatingWebhookConfiguration{ObjectMeta: meta, Webhooks: []admissionv1.ValidatingWebhook{{
		Name: "validate.bench.test", ClientConfig: config, Rules: rules, NamespaceSelector: selector, SideEffects: none, AdmissionReviewVersions: versions,
	}}}, metav1.CreateOptions{})
	require.NoError(b, err)
	b.Cleanup(func() {
		_ = registrations.ValidatingWebhookConfigurations().Delete(context.Background(), meta.Name, metav1.DeleteOptions{})
	})
	awaitPod(b, ns)
	time.Sleep(2 * time.Second) // until the API server has heard of the registrations
	return ns
}

// decodes is the reference: it decodes the pod and lets it pass.
func decodes(b *testing.B) http.Handler {
	b.Helper()
	scheme := runtime.NewScheme()
	require.NoError(b, corev1.AddToScheme(scheme))
	decoder := admission.NewDecoder(scheme)
	handler, err := admission.StandaloneWebhook(&admission.Webhook{Handler: admission.HandlerFunc(func(_ context.Context, r admission.Request) admission.Response {
		if err := decoder.Decode(r, &corev1.Pod{}); err != nil {
			return admission.Errored(http.StatusBadRequest, err)
		}
		return admission.Allowed("")
	})}, admission.StandaloneOptions{})
	require.NoError(b, err)
	return handler
}

// makeNamespace makes it once: a benchmark's function may run several times.
func makeNamespace(b *testing.B, namespace *corev1.Namespace) {
	b.Helper()
	_, err := world.typed.CoreV1().Namespaces().Create(b.Context(), namespace, metav1.CreateOptions{})
	if err != nil {
		require.ErrorContains(b, err, "already exists")
	}
}

func awaitPod(b *testing.B, ns string) {
	b.Helper()
	require.Eventually(b, func() bool {
		pod := policiestest.OtherPod(b)
		pod.Namespace = ns
		_, err := world.typed.CoreV1().Pods(ns).Create(b.Context(), pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err == nil
	}, 5*time.Second, 50*time.Millisecond)
}
