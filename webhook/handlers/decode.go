package handlers

import (
	"errors"
	"fmt"
	"strings"

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
	errUnknown = fmt.Errorf("its object has %d or more fields that this version of kubectl-flare does not know: have a cluster admin update the webhook", mostUnknown)
)

// mostUnknown is how many problems the decoder names: beyond that it is not known which
// fields an object has.
const mostUnknown = 100

// reviewOf decodes the objects of a request, unless they are decoded already.
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
	if request.Object.Object != nil || request.OldObject.Object != nil {
		a.Object, a.OldObject = request.Object.Object, request.OldObject.Object
		return a, nil
	}
	var err error
	if a.Object, a.Unknown, err = decode(request.Kind, request.Object.Raw); err != nil {
		return a, err
	}
	a.OldObject, a.OldUnknown, err = decode(request.Kind, request.OldObject.Raw)
	return a, err
}

// decode is strict: a key that is there twice could be read differently by the API
// server. unknown are the paths of fields that came with a later Kubernetes.
func decode(kind metav1.GroupVersionKind, raw []byte) (object runtime.Object, unknown []string, err error) {
	if len(raw) == 0 {
		return nil, nil, nil
	}
	object = newObject(kind)
	if object == nil {
		return nil, nil, fmt.Errorf("it holds a %s, which this webhook does not know", kind.String())
	}
	problems, err := kjson.UnmarshalStrict(raw, object, kjson.DisallowDuplicateFields, kjson.DisallowUnknownFields)
	switch {
	case err != nil:
		// The decoder's words may hold pieces of a Secret.
		return nil, nil, errNotJSON
	case len(problems) >= mostUnknown:
		return nil, nil, errUnknown
	}
	for _, problem := range problems {
		field, ok := problem.(kjson.FieldError) //nolint:errorlint // it is not wrapped
		if !ok || !strings.HasPrefix(problem.Error(), "unknown field") {
			return nil, nil, errTwice
		}
		unknown = append(unknown, field.FieldPath())
	}
	return object, unknown, nil
}
