package checks

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kitvolume"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// otherPods keeps pods that are no participants away from the site's data and the
// participants' workspaces; reserved keeps them away from kits. Or it refuses
// them altogether.
//
// Fields: volumes[*].persistentVolumeClaim, ephemeral.
func otherPods(p *Pod) []Result {
	if p.isReceiver() {
		return nil
	}
	if p.Policy.OtherPods != v1alpha1.OtherPodsIsolated {
		return []Result{p.fail(IDOtherPods, "containers", "not a participant's pod", "run it in another namespace", "spec.otherPods is %s", p.Policy.OtherPods)}
	}
	var results []Result
	for i := range p.Spec.Volumes {
		name, field := p.claimOf(&p.Spec.Volumes[i])
		if what := p.Site.ClaimHolds(name); what != "" {
			results = append(results, p.fail(IDOtherPods, indexed("volumes", i)+field, "the claim is the participants'",
				"leave it out: only a participant's pod may mount it", "claim %s holds %s", quote(name), what))
		}
	}
	return results
}

// isReceiver says whether the pod takes a kit to a claim for kits, and does
// nothing else: `kubectl flare kit inject` makes such pods.
func (p *Pod) isReceiver() bool {
	return kitvolume.IsReceiver(p.Spec, p.Facts.KitImage) && slices.Contains(p.Policy.Kits.Claims, p.Spec.Volumes[0].PersistentVolumeClaim.ClaimName)
}

// claimOf is the claim behind a volume, "" if there is none. That of an ephemeral
// volume is made with the pod and called after it: whoever made a participant's
// workspace so, before the participant came, would see what it writes.
func (p *Pod) claimOf(v *corev1.Volume) (name, field string) {
	switch {
	case v.PersistentVolumeClaim != nil:
		return v.PersistentVolumeClaim.ClaimName, ".persistentVolumeClaim"
	case v.Ephemeral != nil && p.Meta.Name != "":
		return p.Meta.Name + "-" + v.Name, ".ephemeral"
	}
	return "", ""
}

// TouchesParticipants says whether a pod that is none of a federation has its
// hands on something of theirs all the same: one from before the namespace was
// governed, say.
func TouchesParticipants(p *Pod) bool {
	for i := range p.Spec.Volumes {
		if name, _ := p.claimOf(&p.Spec.Volumes[i]); p.Site.ClaimHolds(name) != "" {
			return true
		}
	}
	return false
}
