package handlers_test

import (
	"bytes"
	"encoding/json"
	"io"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	jsonpatch "github.com/evanphx/json-patch/v5"
	admissionv1 "k8s.io/api/admission/v1"
	corev1 "k8s.io/api/core/v1"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

// testCase is one file of testdata/cases: an AdmissionReview and what must come
// of it.
type testCase struct {
	Path    string                       `json:"path"`
	Request admissionv1.AdmissionRequest `json:"request"`
	// Object and OldObject may be one of policiestest's instead of written out:
	// client, server, admin, other, job-client, deployment.
	Object    string          `json:"object,omitempty"`
	OldObject string          `json:"oldObject,omitempty"`
	Change    json.RawMessage `json:"change,omitempty"`
	Policy    json.RawMessage `json:"policy,omitempty"`
	Want      struct {
		Allowed  bool     `json:"allowed"`
		Message  []string `json:"message,omitempty"`
		Warnings []string `json:"warnings,omitempty"`
		// Audit are audit annotations, Verdict is the one of that name.
		Audit   map[string]string `json:"audit,omitempty"`
		Verdict string            `json:"verdict"`
		// Patched are the paths that a patch must touch; nil means no patch.
		Patched []string `json:"patched,omitempty"`
		// Asked are the questions to the API server about users' rights.
		Asked []string `json:"asked,omitempty"`
		// Looks says whether anything was looked up.
		NoLooks bool `json:"noLooks,omitempty"`
	} `json:"want"`
}

func TestCases(t *testing.T) {
	files, err := filepath.Glob("testdata/cases/*/*.yaml")
	if err != nil || len(files) == 0 {
		t.Fatalf("no cases: %v", err)
	}
	for _, file := range files {
		name := strings.TrimSuffix(strings.TrimPrefix(file, "testdata/cases/"), ".yaml")
		t.Run(name, func(t *testing.T) {
			data, err := os.ReadFile(file)
			if err != nil {
				t.Fatal(err)
			}
			var tc testCase
			if err := yaml.UnmarshalStrict(data, &tc); err != nil {
				t.Fatal(err)
			}
			run(t, &tc)
		})
	}
}

func run(t *testing.T, tc *testCase) {
	t.Helper()
	s, server := serve(t)
	if tc.Policy != nil {
		if err := json.Unmarshal(tc.Policy, &s.policy.Spec); err != nil {
			t.Fatal(err)
		}
		s.ready = policiestest.Compile(t, s.policy)
	}
	fill(t, tc)
	response := send(t, server, tc.Path, &tc.Request)
	want := &tc.Want
	if response.UID != "u-1" || response.Allowed != want.Allowed {
		t.Errorf("uid %q, allowed %v: %v", response.UID, response.Allowed, response.Result)
	}
	if !want.Allowed && (response.Result == nil || response.Result.Code != http.StatusForbidden || response.Result.Reason != "Forbidden") {
		t.Errorf("not a 403: %+v", response.Result)
	}
	message := ""
	if response.Result != nil {
		message = response.Result.Message
	}
	contains(t, "message", message, want.Message)
	contains(t, "warnings", strings.Join(response.Warnings, "\n"), want.Warnings)
	if len(want.Warnings) == 0 && len(response.Warnings) > 0 {
		t.Errorf("warnings %v", response.Warnings)
	}
	if got := response.AuditAnnotations[policies.AuditVerdict]; got != want.Verdict {
		t.Errorf("the audit annotations are %v", response.AuditAnnotations)
	}
	for key, value := range want.Audit {
		if got := response.AuditAnnotations[key]; !strings.Contains(got, value) {
			t.Errorf("audit annotation %s is %q", key, got)
		}
	}
	checkPatch(t, response, want.Patched)
	if strings.Join(s.asked, ";") != strings.Join(want.Asked, ";") {
		t.Errorf("asked %q", s.asked)
	}
	if want.NoLooks && s.looks > 0 {
		t.Errorf("%d things were looked up", s.looks)
	}
	if len(s.decisions) != 1 || !strings.HasSuffix(s.decisions[0], " "+want.Verdict) {
		t.Errorf("counted as %q", s.decisions)
	}
	countsViolations(t, s, response)
}

// countsViolations compares what was counted with what the API server logs.
func countsViolations(t *testing.T, s *site, response *admissionv1.AdmissionResponse) {
	t.Helper()
	logged := strings.Split(response.AuditAnnotations[policies.AuditViolations], ",")
	slices.Sort(logged)
	slices.Sort(s.violations)
	if got := strings.Join(s.violations, ","); got != strings.Join(slices.Compact(logged), ",") {
		t.Errorf("counted %q, logged %q", got, logged)
	}
}

func contains(t *testing.T, what, text string, parts []string) {
	t.Helper()
	for _, part := range parts {
		if !strings.Contains(text, part) {
			t.Errorf("the %s lack %q:\n%s", what, part, text)
		}
	}
}

// checkPatch applies the patch too: one that does not fit would only show in a
// cluster.
func checkPatch(t *testing.T, response *admissionv1.AdmissionResponse, want []string) {
	t.Helper()
	if (response.Patch != nil) != (want != nil) {
		t.Errorf("patch: %s", response.Patch)
	}
	if response.Patch == nil {
		return
	}
	if response.PatchType == nil || *response.PatchType != admissionv1.PatchTypeJSONPatch {
		t.Error("the patch has no type")
	}
	contains(t, "patch", string(response.Patch), want)
}

// fill puts the objects that a case only names into its request.
func fill(t testing.TB, tc *testCase) {
	t.Helper()
	tc.Request.UID = "u-1"
	if tc.Object != "" {
		tc.Request.Object.Raw = named(t, tc.Object)
	}
	if tc.OldObject != "" {
		tc.Request.OldObject.Raw = named(t, tc.OldObject)
	}
	if tc.Change == nil {
		return
	}
	patch, err := jsonpatch.DecodePatch(tc.Change)
	if err != nil {
		t.Fatal(err)
	}
	if tc.Request.Object.Raw, err = patch.Apply(tc.Request.Object.Raw); err != nil {
		t.Fatal(err)
	}
}

func named(t testing.TB, name string) []byte {
	t.Helper()
	var object any
	switch name {
	case "other":
		object = policiestest.OtherPod(t)
	case "job-client":
		object = policiestest.JobPod(t, "client")
	case "deployment":
		object = policiestest.Deployment(t, "client")
	default:
		object = policiestest.LaunchPod(t, name)
	}
	data, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func send(t *testing.T, server *httptest.Server, path string, request *admissionv1.AdmissionRequest) *admissionv1.AdmissionResponse {
	t.Helper()
	review := admissionv1.AdmissionReview{Request: request}
	review.APIVersion, review.Kind = "admission.k8s.io/v1", "AdmissionReview"
	data, err := json.Marshal(review)
	if err != nil {
		t.Fatal(err)
	}
	answer, err := server.Client().Post(server.URL+path, "application/json", bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	defer answer.Body.Close()
	body, err := io.ReadAll(answer.Body)
	if err != nil || answer.StatusCode != http.StatusOK {
		t.Fatalf("%v %s: %s", err, answer.Status, body)
	}
	var out admissionv1.AdmissionReview
	if err := json.Unmarshal(body, &out); err != nil || out.Response == nil {
		t.Fatalf("%v: %s", err, body)
	}
	return out.Response
}

// What mutation makes of a pod passes validation, and is not changed again.
func TestMutatedPodsPass(t *testing.T) {
	_, server := serve(t)
	for _, role := range []string{"server", "client", "admin"} {
		request := &admissionv1.AdmissionRequest{UID: "u-1", Operation: admissionv1.Create, Namespace: policiestest.Namespace}
		request.Kind.Version, request.Kind.Kind = "v1", "Pod"
		request.Resource.Version, request.Resource.Resource = "v1", "pods"
		request.Object.Raw = named(t, role)
		response := send(t, server, "/mutate/pods", request)
		patch, err := jsonpatch.DecodePatch(response.Patch)
		if err != nil {
			t.Fatalf("%s: %v", role, err)
		}
		if request.Object.Raw, err = patch.Apply(request.Object.Raw); err != nil {
			t.Fatalf("%s: %v", role, err)
		}
		if again := send(t, server, "/mutate/pods", request); again.Patch != nil {
			t.Errorf("%s is changed again: %s", role, again.Patch)
		}
		if verdict := send(t, server, "/validate/pods", request); !verdict.Allowed {
			t.Errorf("%s: %s", role, verdict.Result.Message)
		}
		pod := &corev1.Pod{}
		if err := json.Unmarshal(request.Object.Raw, pod); err != nil || !strings.Contains(pod.Spec.Containers[0].Image, "@sha256:") {
			t.Errorf("%s runs %v", role, pod.Spec.Containers)
		}
	}
}

// YAML cannot write a key twice, so these are no files.
func TestKeyTwice(t *testing.T) {
	_, server := serve(t)
	for name, tc := range map[string]struct{ path, kind, object, old string }{
		"pod":        {"/validate/pods", "Pod", `{"spec":{"hostNetwork":true,"hostNetwork":false}}`, ""},
		"label":      {"/validate/pods", "Pod", `{"metadata":{"labels":{"a":"b","a":"c"}}}`, ""},
		"old object": {"/validate/pods", "Pod", `{}`, `{"spec":{},"spec":{}}`},
		"mutation":   {"/mutate/pods", "Pod", `{"spec":{"hostNetwork":true,"hostNetwork":false}}`, ""},
		"secret":     {"/validate/objects", "Secret", `{"type":"Opaque","type":"kubectl-flare.dev/startup-kit"}`, ""},
	} {
		t.Run(name, func(t *testing.T) {
			request := &admissionv1.AdmissionRequest{UID: "u-1", Operation: admissionv1.Create, Namespace: policiestest.Namespace}
			request.Kind.Version, request.Kind.Kind = "v1", tc.kind
			request.Resource.Version, request.Resource.Resource = "v1", strings.ToLower(tc.kind)+"s"
			review := `{"apiVersion":"admission.k8s.io/v1","kind":"AdmissionReview","request":` + withObjects(t, request, tc.object, tc.old) + `}`
			answer, err := server.Client().Post(server.URL+tc.path, "application/json", strings.NewReader(review))
			if err != nil {
				t.Fatal(err)
			}
			defer answer.Body.Close()
			body, err := io.ReadAll(answer.Body)
			if err != nil || !strings.Contains(string(body), `"allowed":false`) || !strings.Contains(string(body), "key twice") {
				t.Errorf("%v: %s", err, body)
			}
		})
	}
}

// withObjects puts JSON into a request that json.Marshal would not write.
func withObjects(t *testing.T, request *admissionv1.AdmissionRequest, object, old string) string {
	t.Helper()
	data, err := json.Marshal(request)
	if err != nil {
		t.Fatal(err)
	}
	text := strings.Replace(string(data), `"object":null`, `"object":`+object, 1)
	if old != "" {
		text = strings.Replace(text, `"oldObject":null`, `"oldObject":`+old, 1)
	}
	return text
}
