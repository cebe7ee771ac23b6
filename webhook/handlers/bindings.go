package handlers

import (
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

// Bindings evaluates pods/binding and the older bindings, which do the same: a
// Binding's labels and annotations end on the pod.
func Bindings(inputs *Inputs) admission.Handler {
	return &validator{name: nameBindings, inputs: inputs}
}
