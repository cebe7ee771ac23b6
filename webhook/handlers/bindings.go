package handlers

import (
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

// Bindings judges pods/binding and the older bindings, which do the same: a
// Binding's labels and annotations end on the pod.
func Bindings(world *World) admission.Handler {
	return &validator{name: nameBindings, world: world}
}
