package handlers

import "sigs.k8s.io/controller-runtime/pkg/webhook/admission"

// Claims evaluates claims: to which volume they are bound, of what they are made, and
// their deletion.
func Claims(inputs *Inputs) admission.Handler { return &validator{name: nameClaims, inputs: inputs} }

// Copies evaluates snapshots.
func Copies(inputs *Inputs) admission.Handler { return &validator{name: nameCopies, inputs: inputs} }
