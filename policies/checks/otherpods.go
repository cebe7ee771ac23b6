package checks

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/kitvolume"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// otherPods denies pods that are not participants, or only their access to the site's
// data and the participants' workspaces, and processes of an older form of a framework
// in images that the policy does not list. The check reserved-names denies their access to
// kits.
//
// Fields: volumes[*].persistentVolumeClaim, ephemeral, containers[*].image.
func otherPods(p *Pod) []Result {
	if p.isReceiver() {
		return nil
	}
	if p.Policy.OtherPods != v1alpha1.OtherPodsIsolated {
		return []Result{p.fail(IDOtherPods, "containers", "not a participant's pod", "run it in another namespace", "spec.otherPods is %s", p.Policy.OtherPods)}
	}
	results := p.olderProcesses()
	for i := range p.Spec.Volumes {
		name, field := p.claimOf(&p.Spec.Volumes[i])
		if what := p.Site.ClaimHolds(name); what != "" {
			results = append(results, p.fail(IDOtherPods, indexed("volumes", i)+field, "the claim is only for participants",
				"remove it: only a participant's pod may mount it", "claim %s contains %s", quote(name), what))
		}
	}
	return results
}

// olderProcesses finds processes that would need a kit if their framework had them. A site
// that wants them lists their images.
func (p *Pod) olderProcesses() []Result {
	var results []Result
	for _, c := range p.containers {
		missing := p.Site.Profiles().Older(c.Container)
		if missing == "" || p.Site.Images.Check(c.Image) == compiled.ImageAllowed {
			continue
		}
		results = append(results, p.failIn(c, IDOtherPods, "image", "a process of federated learning without a kit",
			"run participants with kits, as `kubectl flare provision` and `kubectl flare launch` make them, or list the image with its digest in spec.images.allowed",
			"%s: %s", quote(c.Image), missing))
	}
	return results
}

// isReceiver says whether the pod only writes a kit to a claim for kits: `kubectl flare
// kit inject` makes such pods.
func (p *Pod) isReceiver() bool {
	return kitvolume.IsReceiver(p.Spec, p.Facts.KitImage) && slices.Contains(p.Policy.Kits.Claims, p.Spec.Volumes[0].PersistentVolumeClaim.ClaimName)
}

// claimOf is the claim of a volume and its field, both "" if it has none.
func (p *Pod) claimOf(v *corev1.Volume) (name, field string) {
	name = ClaimOf(p.Meta.Name, v)
	switch {
	case name == "":
		return "", ""
	case v.PersistentVolumeClaim != nil:
		return name, ".persistentVolumeClaim"
	}
	return name, ".ephemeral"
}

// ClaimOf is the claim of a volume of a pod, or "" if it has none. The claim of an
// ephemeral volume is made with the pod and named after it: if a user made a participant's
// workspace this way, before the participant, the pod could read what it writes. A pod of a
// template has no name yet.
func ClaimOf(pod string, v *corev1.Volume) string {
	switch {
	case v.PersistentVolumeClaim != nil:
		return v.PersistentVolumeClaim.ClaimName
	case v.Ephemeral != nil && pod != "":
		return pod + "-" + v.Name
	}
	return ""
}

// TouchesParticipants says whether a pod mounts a claim that only participants may mount, or
// another claim on a volume with data, for example because it is older than the label of
// the namespace. If a claim cannot be looked up, it may be one.
func TouchesParticipants(p *Pod) bool {
	for i := range p.Spec.Volumes {
		name, _ := p.claimOf(&p.Spec.Volumes[i])
		if name != "" && (p.Site.ClaimHolds(name) != "" || mayHoldData(p.Facts, p.Site, name)) {
			return true
		}
	}
	return false
}
