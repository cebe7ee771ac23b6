package policies

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/snapshot"
)

const claims = "persistentvolumeclaims"

// deletion evaluates the deletion of an object. Most deletions break no rule and must
// always be possible.
func (p *Policy) deletion(r *Review) []checks.Result {
	if r.Resource != (schema.GroupResource{Resource: claims}) {
		return nil
	}
	claim, ok := r.OldObject.(*corev1.PersistentVolumeClaim)
	if !ok || claim == nil {
		return unknown(r)
	}
	return checks.ClaimDeletion(claim, p.site)
}

func (p *Policy) claim(r *Review) []checks.Result {
	claim, ok := r.Object.(*corev1.PersistentVolumeClaim)
	if !ok || claim == nil {
		return unknown(r)
	}
	old, _ := r.OldObject.(*corev1.PersistentVolumeClaim)
	return checks.Claim(claim, old, p.site)
}

// snapshot evaluates new snapshots: their source cannot be changed.
func (p *Policy) snapshot(r *Review) []checks.Result {
	if s, ok := r.Object.(*snapshot.VolumeSnapshot); ok && s != nil {
		return checks.Snapshot(s, p.site)
	}
	return unknown(r)
}
