package battery

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"net/http"
	"net/http/httptest"
	"slices"
	"strings"
	"testing"
	"time"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	admissionv1 "k8s.io/api/admission/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
	"github.com/kubectl-flare/kubectl-flare/webhook/handlers"
	webhookkits "github.com/kubectl-flare/kubectl-flare/webhook/kits"
)

// HTTPS is the second endpoint: AdmissionReviews to the webhook's own routes over
// TLS. The test plays the API server: it asks for a mutation first, applies the
// patch and asks for the verdict on what comes out.
func HTTPS(ctx context.Context, t testing.TB, c *Case) Verdict {
	t.Helper()
	reader := reader{&c.Snapshot}
	server := httptest.NewTLSServer(handlers.Routes(&handlers.Inputs{
		Catalog:  catalog(t),
		Policies: reader, Access: reader, Reader: reader, Observer: observer{}, Clock: clock.RealClock{},
		Kits:     webhookkits.NewVerifier(reader, clock.RealClock{}, frameworks.Default(), func() {}),
		KitImage: KitImage,
	}, observer{}))
	defer server.Close()
	request := requestOf(t, c)
	endpoint := endpoint{t, server}
	if c.Mutates() {
		endpoint.mutate(ctx, request)
	}
	response := endpoint.post(ctx, path(&c.Review), request)
	v := Verdict{Allowed: response.Allowed, Messages: response.Warnings, Audited: new(response.AuditAnnotations[policies.AuditMessage] != "")}
	if !response.Allowed {
		v.Messages, v.Audited = strings.Split(response.Result.Message, "\n"), nil
	}
	return v
}

// path is where the manifests register requests of that kind.
func path(a *policies.Review) string {
	switch {
	case a.Operation == policies.Connect:
		return "/validate/connect"
	case a.Resource.Resource == "bindings", a.Subresource == "binding":
		return "/validate/bindings"
	case a.Resource.Resource == "pods":
		return "/validate/pods"
	case a.Resource.Resource == "persistentvolumeclaims":
		return "/validate/claims"
	case slices.Contains([]string{"networkpolicies", "ingresses", "services", "endpoints", "endpointslices"}, a.Resource.Resource):
		return "/validate/networks"
	case a.Resource.Resource == "secrets", a.Resource.Resource == "configmaps":
		return "/validate/objects"
	case a.Resource.Resource == v1alpha1.Resource:
		return "/validate/sitepolicies"
	}
	return "/validate/templates"
}

func requestOf(t testing.TB, c *Case) *admissionv1.AdmissionRequest {
	t.Helper()
	a := &c.Review
	subject := a.Object
	if subject == nil {
		subject = a.OldObject
	}
	gvk := subject.GetObjectKind().GroupVersionKind()
	version := "v1"
	if a.Resource.Group == v1alpha1.Group {
		version = v1alpha1.GroupVersion().Version
	}
	return &admissionv1.AdmissionRequest{
		UID:         types.UID(slug(c.Name)),
		Kind:        metav1.GroupVersionKind{Group: gvk.Group, Version: gvk.Version, Kind: gvk.Kind},
		Resource:    metav1.GroupVersionResource{Group: a.Resource.Group, Version: version, Resource: a.Resource.Resource},
		SubResource: a.Subresource, Namespace: a.Namespace, Name: a.Name, UserInfo: a.User,
		Operation: admissionv1.Operation(a.Operation), Object: raw(t, a.Object, c.Later), OldObject: raw(t, a.OldObject, c.OldLater),
	}
}

func raw(t testing.TB, obj runtime.Object, later json.RawMessage) runtime.RawExtension {
	t.Helper()
	if obj == nil {
		return runtime.RawExtension{}
	}
	return runtime.RawExtension{Raw: withLater(t, obj, later)}
}

// endpoint posts reviews.
type endpoint struct {
	testing.TB
	server *httptest.Server
}

func (e endpoint) mutate(ctx context.Context, request *admissionv1.AdmissionRequest) {
	e.Helper()
	response := e.post(ctx, "/mutate/"+request.Resource.Resource, request)
	if !response.Allowed {
		e.Fatalf("mutation denies: %+v", response.Result)
	}
	if len(response.Patch) == 0 {
		return
	}
	patch, err := jsonpatch.DecodePatch(response.Patch)
	if err == nil {
		request.Object.Raw, err = patch.Apply(request.Object.Raw)
	}
	if err != nil {
		e.Fatalf("the patch %s cannot be applied: %v", response.Patch, err)
	}
}

func (e endpoint) post(ctx context.Context, path string, request *admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	e.Helper()
	review := admissionv1.AdmissionReview{
		TypeMeta: metav1.TypeMeta{APIVersion: admissionv1.SchemeGroupVersion.String(), Kind: "AdmissionReview"}, Request: request,
	}
	body, err := json.Marshal(review)
	if err != nil {
		e.Fatal(err)
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, e.server.URL+path, bytes.NewReader(body))
	if err != nil {
		e.Fatal(err)
	}
	r.Header.Set("Content-Type", "application/json")
	answer, err := e.server.Client().Do(r)
	if err != nil {
		e.Fatal(err)
	}
	var got admissionv1.AdmissionReview
	err = errors.Join(json.NewDecoder(answer.Body).Decode(&got), answer.Body.Close())
	if err != nil || got.Response == nil || got.Response.UID != request.UID {
		e.Fatalf("%s answers %s: %v, %+v", path, answer.Status, err, got.Response)
	}
	return got.Response
}

// observer counts nothing.
type observer struct{}

// Decided implements handlers.Observer.
func (observer) Decided(string, policies.Operation, string, string) {}

// Denied implements handlers.Observer.
func (observer) Violated(string, string, string, string) {}
func (observer) Denied(handlers.Denial)                  {}

// BreakGlass implements handlers.Observer.
func (observer) BreakGlass(handlers.BreakGlassUse) {}

// Reviewed implements review.Observer.
func (observer) Reviewed(string, time.Duration, error) {}

// Panicked implements review.Observer.
func (observer) Panicked(string) {}

// Log implements review.Observer.
func (observer) Log(string, string) {}
