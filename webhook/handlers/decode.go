package handlers

import (
	"errors"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
	kjson "sigs.k8s.io/json"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

var (
	errNotJSON = errors.New("its object cannot be read")
	errTwice   = errors.New("its object has a key twice")
)

// reviewOf decodes the objects of a request.
func reviewOf(request *admission.Request) (policies.Review, error) {
	a := policies.Review{
		Operation:   policies.Operation(request.Operation),
		Resource:    schema.GroupResource{Group: request.Resource.Group, Resource: request.Resource.Resource},
		Subresource: request.SubResource,
		Namespace:   request.Namespace,
		Name:        request.Name,
		User:        request.UserInfo,
		DryRun:      request.DryRun != nil && *request.DryRun,
	}
	var err error
	if a.Object, err = decode(request.Kind, request.Object.Raw); err != nil {
		return a, err
	}
	a.OldObject, err = decode(request.Kind, request.OldObject.Raw)
	return a, err
}

// decode is strict: a key that is there twice could be read differently by the
// API server. A field that is not known may come from a newer one.
func decode(kind metav1.GroupVersionKind, raw []byte) (runtime.Object, error) {
	if len(raw) == 0 {
		return nil, nil
	}
	object := newObject(kind)
	if object == nil {
		return nil, fmt.Errorf("it holds a %s, which this webhook does not know", kind.String())
	}
	twice, err := kjson.UnmarshalStrict(raw, object, kjson.DisallowDuplicateFields)
	if err != nil {
		// The decoder's words may hold pieces of a Secret.
		return nil, errNotJSON
	}
	if len(twice) > 0 {
		return nil, errTwice
	}
	return object, nil
}
