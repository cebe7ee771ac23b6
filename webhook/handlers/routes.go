package handlers

import (
	"net/http"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/webhook/review"
)

// Routes serves every handler at the path that the manifests register it with.
// Mutation and templates fail open there: what they let pass is evaluated as a pod.
func Routes(inputs *Inputs, observer review.Observer) http.Handler {
	mux := http.NewServeMux()
	gate := review.NewGate(review.DefaultLimits())
	for _, route := range []struct {
		path, name string
		handler    admission.Handler
		failOpen   bool
		decode     func([]byte) *admission.Request
	}{
		{"/mutate/pods", nameMutate, Mutate(inputs), true, review.Pods},
		{"/mutate/secrets", nameMutateSecrets, MutateSecrets(inputs), true, nil},
		{"/validate/pods", namePods, Pods(inputs), false, review.Pods},
		{"/validate/bindings", nameBindings, Bindings(inputs), false, nil},
		{"/validate/connect", nameConnect, Connect(inputs), false, nil},
		{"/validate/templates", nameTemplates, Templates(inputs), true, nil},
		{"/validate/objects", nameObjects, Objects(inputs), false, nil},
		{"/validate/claims", nameClaims, Claims(inputs), false, nil},
		{"/validate/networks", nameNetworks, Networks(inputs), false, nil},
		{"/validate/copies", nameCopies, Copies(inputs), false, nil},
		{"/validate/sitepolicies", nameSitePolicies, SitePolicies(inputs), false, nil},
	} {
		mux.Handle(route.path, &review.Door{Name: route.name, Handler: route.handler, FailOpen: route.failOpen, Observer: observer, Gate: gate, Decode: route.decode})
	}
	return mux
}
