package handlers

import "sigs.k8s.io/controller-runtime/pkg/webhook/admission"

// Copies evaluates claims and snapshots that are made of another claim.
func Copies(inputs *Inputs) admission.Handler { return &validator{name: nameCopies, inputs: inputs} }
