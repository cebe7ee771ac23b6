package review_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
	kjson "sigs.k8s.io/json"

	"github.com/kubectl-flare/kubectl-flare/webhook/review"
)

// usual is a review as API servers send them.
const usual = `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":{"uid":"u-1",` +
	`"kind":{"group":"","version":"v1","kind":"Pod"},"resource":{"group":"","version":"v1","resource":"pods"},` +
	`"namespace":"ns","operation":"UPDATE","userInfo":{"username":"ann"},` +
	`"object":{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}},` +
	`"oldObject":{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"before"}]}},"dryRun":false,"options":{"kind":"UpdateOptions"}}}`

func changed(t testing.TB, from, to string) string {
	t.Helper()
	require.Contains(t, usual, from)
	return strings.Replace(usual, from, to, 1)
}

// What needs a closer look is left to the usual way.
func TestPods(t *testing.T) {
	for name, tc := range map[string]struct {
		from, to         string
		object, old, not bool
	}{
		"usual":                       {object: true, old: true},
		"no old object":               {from: `"oldObject":{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"before"}]}},`, object: true},
		"null for an old object":      {from: `{"metadata":{"name":"p"},"spec":{"containers":[{"name":"c","image":"before"}]}}`, to: "null", object: true},
		"null for an object":          {from: `{"kind":"Pod","apiVersion":"v1","metadata":{"name":"p","labels":{"a":"b"}},"spec":{"containers":[{"name":"c","image":"i"}]}}`, to: "null", old: true},
		"a key twice":                 {from: `"uid":"u-1"`, to: `"uid":"u-1","uid":"u-2"`, not: true},
		"a key of the pod twice":      {from: `"image":"i"`, to: `"image":"i","image":"j"`, not: true},
		"a label twice":               {from: `"a":"b"`, to: `"a":"b","a":"c"`, not: true},
		"an unknown field":            {from: `"image":"i"`, to: `"image":"i","later":1`, not: true},
		"a field of a newer server":   {from: `"dryRun":false`, to: `"later":false`, not: true},
		"another kind":                {from: `"kind":"Pod"}`, to: `"kind":"Binding"}`, not: true},
		"another group":               {from: `"group":"","version":"v1","kind"`, to: `"group":"x","version":"v1","kind"`, not: true},
		"not a review":                {from: "AdmissionReview", to: "ConversionReview", not: true},
		"another version of a review": {from: "admission.k8s.io/v1", to: "admission.k8s.io/v1beta1", not: true},
		"no UID":                      {from: "u-1", not: true},
		"a wrong type":                {from: `"image":"i"`, to: `"image":1`, not: true},
		"something after it":          {from: `"UpdateOptions"}}}`, to: `"UpdateOptions"}}}{}`, not: true},
		"a large body":                {from: `"a":"b"`, to: `"a":"` + strings.Repeat("b", 64<<10) + `"`, not: true},
		"null for a request":          {from: usual, to: `{"kind":"AdmissionReview","apiVersion":"admission.k8s.io/v1","request":null}`, not: true},
	} {
		t.Run(name, func(t *testing.T) {
			body := usual
			if tc.from != "" {
				body = changed(t, tc.from, tc.to)
			}
			request := review.Pods([]byte(body))
			require.Equal(t, tc.not, request == nil)
			if request != nil {
				require.Equal(t, []bool{tc.object, tc.old}, []bool{request.Object.Object != nil, request.OldObject.Object != nil})
			}
			samePods(t, body)
		})
	}
}

// FuzzPods compares the two ways to decode a body.
func FuzzPods(f *testing.F) {
	f.Add(usual)
	f.Add(changed(f, `"oldObject"`, `"Object"`))
	f.Add(changed(f, `"metadata":{"name":"p"}`, `"metadata":null`))
	f.Add(changed(f, `"uid"`, `"AdmissionRequest":{"uid":"u-2"},"uid"`))
	f.Fuzz(func(t *testing.T, body string) { samePods(t, body) })
}

// samePods fails if what Pods decodes differs from what a Door and its handler decode
// without it.
func samePods(t *testing.T, body string) {
	t.Helper()
	request := review.Pods([]byte(body))
	if request == nil {
		return
	}
	var want *admission.Request
	door := &review.Door{Observer: &recorder{}, Gate: review.NewGate(review.DefaultLimits()), Handler: admission.HandlerFunc(func(_ context.Context, r admission.Request) admission.Response {
		want = &r
		return admission.Allowed("")
	})}
	post := httptest.NewRequestWithContext(t.Context(), http.MethodPost, "/", strings.NewReader(body))
	post.Header.Set("Content-Type", "application/json")
	door.ServeHTTP(httptest.NewRecorder(), post)
	require.NotNil(t, want, "a door rejects it")
	decodePod(t, want.Object.Raw, &want.Object.Object)
	decodePod(t, want.OldObject.Raw, &want.OldObject.Object)
	want.Object.Raw, want.OldObject.Raw = nil, nil
	require.Equal(t, want, request)
}

// decodePod decodes what there is, as handlers do.
func decodePod(t *testing.T, raw []byte, into *runtime.Object) {
	t.Helper()
	if len(raw) == 0 {
		return
	}
	pod := &corev1.Pod{}
	problems, err := kjson.UnmarshalStrict(raw, pod, kjson.DisallowDuplicateFields, kjson.DisallowUnknownFields)
	require.NoError(t, err)
	require.Empty(t, problems)
	*into = pod
}
