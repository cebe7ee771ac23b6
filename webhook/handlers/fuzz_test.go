package handlers_test

import (
	"bytes"
	"encoding/json"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/webhook/handlers"
)

// strict fails a test in which a handler panics.
type strict struct {
	*site
	t *testing.T
}

func (s strict) Panicked(handler string) { s.t.Error("a panic in " + handler) }

func (s strict) Log(_, message string) { s.t.Log(message) }

// FuzzRoutes sends bodies to the handlers. None panics, each answer is an AdmissionReview or
// an HTTP error, and where the policy is not loaded, only what fails open passes.
func FuzzRoutes(f *testing.F) {
	paths := []string{
		"/mutate/pods", "/mutate/secrets", "/validate/pods", "/validate/bindings", "/validate/connect", "/validate/templates", "/validate/objects",
		"/validate/copies", "/validate/sitepolicies",
	}
	for i, path := range paths {
		for _, body := range bodies(f, path) {
			f.Add(body, uint8(i))
			f.Add(bytes.Replace(body, []byte(`"namespace":"`), []byte(`"namespace":"unloaded","x":"`), 1), uint8(i))
		}
	}
	s, inputs := newSite(f)
	f.Fuzz(func(t *testing.T, body []byte, which uint8) {
		path := paths[int(which)%len(paths)]
		request := httptest.NewRequestWithContext(t.Context(), http.MethodPost, path, bytes.NewReader(body))
		request.Header.Set("Content-Type", "application/json")
		w := httptest.NewRecorder()
		handlers.Routes(inputs, strict{s, t}).ServeHTTP(w, request)
		if w.Code != http.StatusOK {
			require.NotContains(t, w.Body.String(), "\x1b")
			return
		}
		var asked, answer admissionv1.AdmissionReview
		require.NoError(t, json.Unmarshal(w.Body.Bytes(), &answer))
		require.NotNil(t, answer.Response)
		if json.Unmarshal(body, &asked) != nil || asked.Request == nil || asked.Request.Namespace != "unloaded" {
			return
		}
		require.True(t, !answer.Response.Allowed || strings.HasPrefix(path, "/mutate/") || path == "/validate/sitepolicies", "allowed without a policy: %s", body)
	})
}

// bodies are the reviews of testdata/cases for one path.
func bodies(f *testing.F, path string) [][]byte {
	f.Helper()
	files, err := filepath.Glob("testdata/cases/*/*.yaml")
	require.NoError(f, err)
	var all [][]byte
	for _, file := range files {
		data, err := os.ReadFile(file)
		require.NoError(f, err)
		var tc testCase
		require.NoError(f, yaml.UnmarshalStrict(data, &tc))
		if tc.Path != path {
			continue
		}
		fill(f, &tc)
		review := admissionv1.AdmissionReview{Request: &tc.Request}
		review.APIVersion, review.Kind = "admission.k8s.io/v1", "AdmissionReview"
		body, err := json.Marshal(review)
		require.NoError(f, err)
		all = append(all, body)
	}
	require.NotEmpty(f, all, path)
	return all
}
