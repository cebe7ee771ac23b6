package handlers_test

import (
	"bytes"
	"context"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"testing"

	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/webhook/handlers"
)

// The goal (design §8) is at most 1.3 times the reference: what any webhook on
// controller-runtime does that decodes the pod.

// sink is a ResponseWriter that costs nothing.
type sink struct {
	header http.Header
	code   int
}

func (s *sink) Header() http.Header         { return s.header }
func (s *sink) WriteHeader(code int)        { s.code = code }
func (s *sink) Write(p []byte) (int, error) { return len(p), nil }

// reviewOf is the body of a request for an object.
func reviewOf(b *testing.B, object any) []byte {
	b.Helper()
	raw, err := json.Marshal(object)
	if err != nil {
		b.Fatal(err)
	}
	review := admissionv1.AdmissionReview{Request: &admissionv1.AdmissionRequest{
		UID: "u-1", Operation: admissionv1.Create, Namespace: policiestest.Namespace, Object: runtime.RawExtension{Raw: raw},
	}}
	review.APIVersion, review.Kind = "admission.k8s.io/v1", "AdmissionReview"
	review.Request.Kind.Version, review.Request.Kind.Kind = "v1", "Pod"
	review.Request.Resource.Version, review.Request.Resource.Resource = "v1", "pods"
	review.Request.UserInfo.Username, review.Request.UserInfo.Groups = "ann", []string{"system:authenticated"}
	body, err := json.Marshal(review)
	if err != nil {
		b.Fatal(err)
	}
	return body
}

func benchmark(b *testing.B, handler http.Handler, path string, object any) {
	b.Helper()
	body := reviewOf(b, object)
	b.ReportAllocs()
	for b.Loop() {
		request, err := http.NewRequestWithContext(b.Context(), http.MethodPost, path, bytes.NewReader(body))
		if err != nil {
			b.Fatal(err)
		}
		request.Header.Set("Content-Type", "application/json")
		w := &sink{header: http.Header{}, code: http.StatusOK}
		handler.ServeHTTP(w, request)
		if w.code != http.StatusOK {
			b.Fatal(w.code)
		}
	}
}

// reference decodes the pod and answers, with a patch of the given size.
func reference(b *testing.B, patch []byte) http.Handler {
	b.Helper()
	scheme := runtime.NewScheme()
	if err := corev1.AddToScheme(scheme); err != nil {
		b.Fatal(err)
	}
	decoder := admission.NewDecoder(scheme)
	handler, err := admission.StandaloneWebhook(&admission.Webhook{Handler: admission.HandlerFunc(func(_ context.Context, r admission.Request) admission.Response {
		if err := decoder.Decode(r, &corev1.Pod{}); err != nil {
			return admission.Errored(http.StatusBadRequest, err)
		}
		response := admission.Allowed("")
		if patch != nil {
			response.Patch, response.PatchType = patch, new(admissionv1.PatchTypeJSONPatch)
		}
		return response
	})}, admission.StandaloneOptions{MetricsPath: "/" + b.Name()})
	if err != nil {
		b.Fatal(err)
	}
	return handler
}

func ours(b *testing.B) http.Handler {
	b.Helper()
	s, inputs := newSite(b)
	return handlers.Routes(inputs, s)
}

func BenchmarkValidate(b *testing.B) {
	b.Run("reference", func(b *testing.B) { benchmark(b, reference(b, nil), "/", policiestest.OtherPod(b)) })
	b.Run("flare", func(b *testing.B) { benchmark(b, ours(b), "/validate/pods", policiestest.OtherPod(b)) })
}

func BenchmarkMutate(b *testing.B) {
	pod := policiestest.LaunchPod(b, "client")
	s, inputs := newSite(b)
	raw, err := json.Marshal(pod)
	if err != nil {
		b.Fatal(err)
	}
	request := admission.Request{AdmissionRequest: admissionv1.AdmissionRequest{Namespace: policiestest.Namespace, Object: runtime.RawExtension{Raw: raw}}}
	request.Kind.Version, request.Kind.Kind = "v1", "Pod"
	patch := handlers.Mutate(inputs).Handle(b.Context(), request).Patch
	if patch == nil {
		b.Fatal("nothing to patch", s.decisions)
	}
	b.Run("reference", func(b *testing.B) { benchmark(b, reference(b, patch), "/", pod) })
	b.Run("flare", func(b *testing.B) { benchmark(b, ours(b), "/mutate/pods", pod) })
}

// BenchmarkTLS sends reviews over TLS, from as many clients as there are processors.
func BenchmarkTLS(b *testing.B) {
	b.Run("reference", func(b *testing.B) { benchmarkTLS(b, reference(b, nil), "/") })
	b.Run("flare", func(b *testing.B) { benchmarkTLS(b, ours(b), "/validate/pods") })
}

func benchmarkTLS(b *testing.B, handler http.Handler, path string) {
	b.Helper()
	server := httptest.NewTLSServer(handler)
	defer server.Close()
	body, client := reviewOf(b, policiestest.OtherPod(b)), server.Client()
	b.ResetTimer()
	b.RunParallel(func(pb *testing.PB) {
		for pb.Next() {
			response, err := client.Post(server.URL+path, "application/json", bytes.NewReader(body))
			if err != nil {
				b.Error(err)
				return
			}
			_, _ = io.Copy(io.Discard, response.Body)
			_ = response.Body.Close()
			if response.StatusCode != http.StatusOK {
				b.Error(response.Status)
			}
		}
	})
}
