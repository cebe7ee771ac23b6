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
	}{
		{"/mutate/pods", nameMutate, Mutate(inputs), true},
		{"/mutate/secrets", nameMutateSecrets, MutateSecrets(inputs), true},
		{"/validate/pods", namePods, Pods(inputs), false},
		{"/validate/bindings", nameBindings, Bindings(inputs), false},
		{"/validate/connect", nameConnect, Connect(inputs), false},
		{"/validate/templates", nameTemplates, Templates(inputs), true},
		{"/validate/objects", nameObjects, Objects(inputs), false},
		{"/validate/claims", nameClaims, Claims(inputs), false},
		{"/validate/networks", nameNetworks, Networks(inputs), false},
		{"/validate/copies", nameCopies, Copies(inputs), false},
		{"/validate/sitepolicies", nameSitePolicies, SitePolicies(inputs), false},
	} {
		mux.Handle(route.path, &review.Door{Name: route.name, Handler: route.handler, FailOpen: route.failOpen, Observer: observer, Gate: gate})
	}
	return mux
}
