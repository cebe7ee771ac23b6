package handlers

import "sigs.k8s.io/controller-runtime/pkg/webhook/admission"

// Networks evaluates what opens connections or leads them elsewhere: NetworkPolicies,
// Services and their addresses, and Ingresses.
func Networks(inputs *Inputs) admission.Handler {
	return &validator{name: nameNetworks, inputs: inputs}
}
