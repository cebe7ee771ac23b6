package kits

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// Claim says to which volume a claim is bound. A bound claim is remembered for a moment:
// its volume cannot change, and a claim that takes its name is evaluated when it is bound.
func (v *Verifier) Claim(ctx context.Context, namespace, name string) policies.ClaimFact {
	key := client.ObjectKey{Namespace: namespace, Name: name}
	before, found := recall[policies.ClaimFact](v.claims, key)
	if found && v.clock.Since(before.seen) < Fresh {
		return before.fact
	}
	claim := &corev1.PersistentVolumeClaim{}
	if err := v.reader.Get(ctx, key, claim); err != nil {
		return policies.ClaimFact{Error: lookUpError("PersistentVolumeClaim", name, err), Absent: apierrors.IsNotFound(err)}
	}
	fact := policies.ClaimFact{VolumeName: claim.Spec.VolumeName}
	remember(v.claims, key, known[policies.ClaimFact]{fact: fact, seen: v.clock.Now()}, fact.VolumeName != "")
	return fact
}
