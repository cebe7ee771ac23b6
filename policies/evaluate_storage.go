package policies

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/snapshot"
)

// deletion evaluates the deletion of an object. Most deletions break no rule and must
// always be possible.
func (p *Policy) deletion(r *Review) []checks.Result {
	switch r.Resource.String() {
	case networkPolicies:
		if o, ok := r.OldObject.(*networkingv1.NetworkPolicy); ok && o != nil {
			return checks.NetworkPolicyDeletion(o.Name)
		}
	case claims:
		if o, ok := r.OldObject.(*corev1.PersistentVolumeClaim); ok && o != nil {
			return checks.ClaimDeletion(o, p.site)
		}
	default:
		return nil
	}
	return unknown(r)
}

func (p *Policy) claim(r *Review, f *Facts) []checks.Result {
	claim, ok := r.Object.(*corev1.PersistentVolumeClaim)
	if !ok || claim == nil {
		return unknown(r)
	}
	old, _ := r.OldObject.(*corev1.PersistentVolumeClaim)
	return append(r.later(checks.IDClaim), checks.Claim(claim, old, p.site, f)...)
}

// snapshot evaluates new snapshots: their source cannot be changed.
func (p *Policy) snapshot(r *Review, f *Facts) []checks.Result {
	if s, ok := r.Object.(*snapshot.VolumeSnapshot); ok && s != nil {
		return append(r.later(checks.IDCopies), checks.Snapshot(s, p.site, f)...)
	}
	return unknown(r)
}
