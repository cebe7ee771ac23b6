package battery

import (
	"encoding/json"
	"errors"
	"reflect"
	"testing"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	"k8s.io/apimachinery/pkg/runtime"
	kjson "sigs.k8s.io/json"
)

// withLater is an object as an API server sends it that knows more fields than its
// type has.
func withLater(t testing.TB, obj runtime.Object, later json.RawMessage) []byte {
	t.Helper()
	data, err := json.Marshal(obj)
	if err == nil && len(later) > 0 {
		var patch jsonpatch.Patch
		if patch, err = jsonpatch.DecodePatch(later); err == nil {
			data, err = patch.Apply(data)
		}
	}
	if err != nil {
		t.Fatalf("%T: %v", obj, err)
	}
	return data
}

// unknown are the paths of those fields, as a strict decoder finds them.
func unknown(t testing.TB, obj runtime.Object, later json.RawMessage) []string {
	t.Helper()
	if len(later) == 0 {
		return nil
	}
	typed, ok := reflect.TypeAssert[runtime.Object](reflect.New(reflect.TypeOf(obj).Elem()))
	if !ok {
		t.Fatalf("%T is no object", obj)
	}
	problems, err := kjson.UnmarshalStrict(withLater(t, obj, later), typed)
	if err != nil || len(problems) == 0 {
		t.Fatalf("%s: no fields of a later Kubernetes: %v", later, err)
	}
	var paths []string
	for _, problem := range problems {
		var field kjson.FieldError
		if !errors.As(problem, &field) {
			t.Fatal(problem)
		}
		paths = append(paths, field.FieldPath())
	}
	return paths
}
