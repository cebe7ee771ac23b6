package handlers

import "sigs.k8s.io/controller-runtime/pkg/webhook/admission"

// Copies judges claims and snapshots that are made of another claim.
func Copies(world *World) admission.Handler { return &validator{name: nameCopies, world: world} }
