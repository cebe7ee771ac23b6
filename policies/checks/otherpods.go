package checks

import (
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// otherPods keeps pods that are no participants away from the site's data and the
// participants' workspaces; reserved keeps them away from kits. Or it refuses
// them altogether.
//
// Fields: volumes[*].persistentVolumeClaim.
func otherPods(p *Pod) []Result {
	if p.Policy.OtherPods != v1alpha1.OtherPodsIsolated {
		return []Result{p.fail(IDOtherPods, "containers", "not a participant's pod", "run it in another namespace", "spec.otherPods is %s", p.Policy.OtherPods)}
	}
	var results []Result
	for i := range p.Spec.Volumes {
		claim := p.Spec.Volumes[i].PersistentVolumeClaim
		if claim == nil {
			continue
		}
		if what := protectedClaim(p.Policy, claim.ClaimName); what != "" {
			results = append(results, p.fail(IDOtherPods, indexed("volumes", i)+".persistentVolumeClaim", "the claim is the participants'",
				"leave it out: only a participant's pod may mount it", "claim %s holds %s", quote(claim.ClaimName), what))
		}
	}
	return results
}

// protectedClaim says what a claim holds that only participants may see.
func protectedClaim(policy *v1alpha1.SitePolicySpec, claim string) string {
	for i := range policy.Data {
		if policy.Data[i].ClaimName == claim {
			return "data"
		}
	}
	for _, participant := range policy.Participants {
		if ExpandClaim(policy.Workspace.ClaimName, participant) == claim {
			return "a workspace"
		}
	}
	return ""
}

// TouchesParticipants says whether a pod that is none of a federation has its
// hands on something of theirs all the same: one from before the namespace was
// governed, say.
func TouchesParticipants(p *Pod) bool {
	for i := range p.Spec.Volumes {
		if c := p.Spec.Volumes[i].PersistentVolumeClaim; c != nil && protectedClaim(p.Policy, c.ClaimName) != "" {
			return true
		}
	}
	return false
}
