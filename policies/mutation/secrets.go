package mutation

import (
	"bytes"
	"maps"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// Empty is the patch that takes the content off a launcher's copy of a kit: job pods mount the
// sealed kit instead, so no second copy of the private key is stored. It is nil for every other
// Secret, and for an update that leaves the content as it was. old is nil for a new Secret.
func Empty(s, old *corev1.Secret, known *profiles.Registry) []Operation {
	if len(s.Data) == 0 || known.Holds(s.Name) != profiles.HoldsKit {
		return nil
	}
	if old != nil && maps.EqualFunc(s.Data, old.Data, bytes.Equal) {
		return nil
	}
	return []Operation{{Op: "remove", Path: "/data"}}
}
