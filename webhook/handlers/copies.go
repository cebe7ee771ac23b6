package handlers

import (
	"context"

	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// Claims evaluates claims: to which volume they are bound, of what they are made, and
// their deletion.
func Claims(inputs *Inputs) admission.Handler {
	return &validator{name: nameClaims, inputs: inputs, gather: gatherSources}
}

// Copies evaluates snapshots.
func Copies(inputs *Inputs) admission.Handler {
	return &validator{name: nameCopies, inputs: inputs, gather: gatherSources}
}

// gatherSources reads to which volumes the sources of a copy are bound.
func gatherSources(ctx context.Context, in *Inputs, e *evaluation) error {
	for _, name := range policies.CopySources(&e.review) {
		put(&e.facts.Claims, name, in.Kits.Claim(ctx, e.review.Namespace, name))
	}
	return nil
}
