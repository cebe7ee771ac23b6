package review_test

import (
	"context"
	"encoding/json"
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"sync"
	"testing"
	"time"

	admissionv1 "k8s.io/api/admission/v1"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/webhook/review"
)

// recorder is an Observer that remembers.
type recorder struct {
	mu       sync.Mutex
	reviewed int
	panics   int
	failed   []error
	lines    []string
}

func (r *recorder) Reviewed(_ string, _ time.Duration, err error) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.reviewed++
	if err != nil {
		r.failed = append(r.failed, err)
	}
}

func (r *recorder) Panicked(string) { r.mu.Lock(); defer r.mu.Unlock(); r.panics++ }

func (r *recorder) Log(_, message string) {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.lines = append(r.lines, message)
}

func allow(context.Context, admission.Request) admission.Response { return admission.Allowed("") }

func start(t *testing.T, door *review.Door) (*httptest.Server, *recorder) {
	t.Helper()
	seen := &recorder{}
	door.Name, door.Observer = "test", seen
	if door.Gate == nil {
		door.Gate = review.NewGate(review.DefaultLimits())
	}
	server := httptest.NewTLSServer(door)
	t.Cleanup(server.Close)
	return server, seen
}

func post(t *testing.T, server *httptest.Server, contentType, body string) (int, string) {
	t.Helper()
	response, err := server.Client().Post(server.URL, contentType, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	text, err := io.ReadAll(response.Body)
	if err != nil {
		t.Fatal(err)
	}
	return response.StatusCode, string(text)
}

func reviewFile(t *testing.T, name string) string {
	t.Helper()
	data, err := os.ReadFile(filepath.Join("testdata", name))
	if err != nil {
		t.Fatal(err)
	}
	return string(data)
}

func TestGoodReview(t *testing.T) {
	server, seen := start(t, &review.Door{Handler: admission.HandlerFunc(allow)})
	for _, contentType := range []string{"application/json", "application/json; charset=utf-8"} {
		code, text := post(t, server, contentType, reviewFile(t, "valid.json"))
		var answer admissionv1.AdmissionReview
		if err := json.Unmarshal([]byte(text), &answer); err != nil || code != http.StatusOK {
			t.Fatalf("%d %v: %s", code, err, text)
		}
		if answer.APIVersion != "admission.k8s.io/v1" || answer.Kind != "AdmissionReview" || !answer.Response.Allowed || answer.Response.UID != "u-1" {
			t.Errorf("got %s", text)
		}
	}
	if seen.reviewed != 2 || len(seen.failed) > 0 {
		t.Errorf("%+v", seen)
	}
}

func TestBadReviews(t *testing.T) {
	server, seen := start(t, &review.Door{Handler: admission.HandlerFunc(func(context.Context, admission.Request) admission.Response {
		t.Error("a bad review reached the handler")
		return admission.Allowed("")
	})})
	huge := strings.Replace(reviewFile(t, "valid.json"), `"u-1"`, `"`+strings.Repeat("u", review.MaxRequest)+`"`, 1)
	for name, tc := range map[string]struct {
		contentType, body string
		code              int
		want              string
	}{
		"no body":            {body: "", code: 400, want: "is empty"},
		"empty object":       {body: "{}", code: 400, want: "not an AdmissionReview"},
		"not JSON":           {body: "secret words", code: 400, want: "not valid JSON"},
		"something after it": {body: reviewFile(t, "valid.json") + "{}", code: 400, want: "not valid JSON"},
		"another version":    {body: reviewFile(t, "v1beta1.json"), code: 400, want: "not an AdmissionReview of admission.k8s.io/v1"},
		"another kind":       {body: reviewFile(t, "pod.json"), code: 400, want: `"Pod"`},
		"no request":         {body: reviewFile(t, "no-request.json"), code: 400, want: "holds no request"},
		"null request":       {body: reviewFile(t, "null-request.json"), code: 400, want: "holds no request"},
		"key twice":          {body: reviewFile(t, "twice.json"), code: 400, want: "a key twice"},
		"key twice, deep":    {body: reviewFile(t, "twice-deep.json"), code: 400, want: "a key twice"},
		"huge":               {body: huge, code: 413, want: "larger than 7 MiB"},
		"YAML":               {contentType: "application/yaml", body: reviewFile(t, "valid.json"), code: 415, want: "application/json"},
		"no content type":    {contentType: " ", body: reviewFile(t, "valid.json"), code: 415, want: "application/json"},
	} {
		t.Run(name, func(t *testing.T) {
			if tc.contentType == "" {
				tc.contentType = "application/json"
			}
			code, text := post(t, server, tc.contentType, tc.body)
			if code != tc.code || !strings.Contains(text, tc.want) || strings.Contains(text, "secret words") {
				t.Errorf("%d: %s", code, text)
			}
		})
	}
	if len(seen.failed) != seen.reviewed || seen.reviewed == 0 {
		t.Errorf("%d of %d counted as failed", len(seen.failed), seen.reviewed)
	}
}

// A body without a length is cut off too.
func TestHugeInChunks(t *testing.T) {
	server, _ := start(t, &review.Door{Handler: admission.HandlerFunc(allow)})
	response, err := server.Client().Post(server.URL, "application/json", io.MultiReader(strings.NewReader(strings.Repeat(" ", review.MaxRequest)), strings.NewReader("{}")))
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusRequestEntityTooLarge {
		t.Errorf("got %s", response.Status)
	}
}

func TestOtherMethods(t *testing.T) {
	server, _ := start(t, &review.Door{Handler: admission.HandlerFunc(allow)})
	response, err := server.Client().Get(server.URL)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	if response.StatusCode != http.StatusMethodNotAllowed {
		t.Errorf("got %s", response.Status)
	}
}

func TestPanic(t *testing.T) {
	for name, failOpen := range map[string]bool{"closed": false, "open": true} {
		t.Run(name, func(t *testing.T) {
			server, seen := start(t, &review.Door{FailOpen: failOpen, Handler: admission.HandlerFunc(func(context.Context, admission.Request) admission.Response {
				panic(errors.New("a private key"))
			})})
			code, text := post(t, server, "application/json", reviewFile(t, "valid.json"))
			if failOpen != (code == http.StatusInternalServerError) || !strings.Contains(text, "internal error") {
				t.Errorf("%d: %s", code, text)
			}
			if !failOpen && (!strings.Contains(text, `"allowed":false`) || !strings.Contains(text, `"uid":"u-1"`)) {
				t.Errorf("not denied: %s", text)
			}
			if seen.panics != 1 || len(seen.lines) != 1 || strings.Contains(seen.lines[0]+text, "private") {
				t.Errorf("%+v", seen)
			}
		})
	}
}
