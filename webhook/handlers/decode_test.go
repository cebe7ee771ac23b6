package handlers_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	admissionv1 "k8s.io/api/admission/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/snapshot"
)

// withFields is the other pod with further fields in its spec.
func withFields(t *testing.T, names ...string) []byte {
	t.Helper()
	var pod map[string]any
	require.NoError(t, json.Unmarshal(named(t, "other"), &pod))
	spec, ok := pod["spec"].(map[string]any)
	require.True(t, ok)
	for _, name := range names {
		spec[name] = true
	}
	data, err := json.Marshal(pod)
	require.NoError(t, err)
	return data
}

// A field of a later Kubernetes is denied where the request adds it, and does not hold a
// pod that has it already.
func TestUnknownFields(t *testing.T) {
	many := make([]string, 0, 100)
	for i := range cap(many) {
		many = append(many, fmt.Sprintf("later%d", i))
	}
	_, server := serve(t)
	for name, tc := range map[string]struct {
		old, object []string
		want        string
	}{
		"none":           {nil, nil, ""},
		"added":          {nil, []string{"later"}, "spec.later: a field that is unknown to this version of kubectl-flare"},
		"kept":           {[]string{"later"}, []string{"later"}, ""},
		"one more":       {[]string{"later"}, []string{"later", "even"}, "spec.even: a field"},
		"taken away":     {[]string{"later"}, nil, ""},
		"99 kept":        {many[1:], many[1:], ""},
		"100 kept":       {many, many, "its object has 100 or more fields that this version of kubectl-flare does not know"},
		"100 taken away": {many, nil, "its object has 100 or more fields"},
	} {
		t.Run(name, func(t *testing.T) {
			request := &admissionv1.AdmissionRequest{UID: "u-1", Operation: admissionv1.Update, Namespace: policiestest.Namespace}
			request.Kind.Version, request.Kind.Kind = "v1", "Pod"
			request.Resource.Version, request.Resource.Resource = "v1", "pods"
			request.Object.Raw, request.OldObject.Raw = withFields(t, tc.object...), withFields(t, tc.old...)
			response := send(t, server, "/validate/pods", request)
			require.Equal(t, tc.want == "", response.Allowed, "%v", response.Result)
			if tc.want != "" {
				require.Contains(t, response.Result.Message, tc.want)
			}
		})
	}
}

// The spec of a snapshot is known as a whole: a field beside it may be a source that no
// check knows.
func TestUnknownFieldsOfSnapshots(t *testing.T) {
	_, server := serve(t)
	for spec, want := range map[string]string{
		`{"volumeSnapshotClassName":"nightly","source":{"persistentVolumeClaimName":"notes"}}`: "",
		`{"source":{"volumeSnapshotContentName":"content"}}`:                                   "",
		`{"source":{"persistentVolumeClaimName":"notes","later":{}}}`:                          "spec.source.later: a field that is unknown",
	} {
		request := &admissionv1.AdmissionRequest{UID: "u-1", Operation: admissionv1.Create, Namespace: policiestest.Namespace}
		request.Kind.Group, request.Kind.Version, request.Kind.Kind = snapshot.Group, "v1", snapshot.Kind
		request.Resource.Group, request.Resource.Version, request.Resource.Resource = snapshot.Group, "v1", snapshot.Resource
		request.Object.Raw = []byte(`{"apiVersion":"snapshot.storage.k8s.io/v1","kind":"VolumeSnapshot","metadata":{"name":"s"},"spec":` + spec + `}`)
		response := send(t, server, "/validate/copies", request)
		require.Equal(t, want == "", response.Allowed, "%s: %v", spec, response.Result)
		if want != "" {
			require.Contains(t, response.Result.Message, want)
		}
	}
}
