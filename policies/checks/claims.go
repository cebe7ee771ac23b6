package checks

import (
	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
)

// claims requires that a claim under another name is not bound to a volume with data of
// the policy: the data is on the volume, and the author of a claim chooses its name. A
// claim that is not bound yet, or does not exist yet, is allowed, since the check claim
// denies the update that would bind it to such a volume. The claim of an ephemeral volume
// may exist before the pod does.
//
// Fields: volumes[*].persistentVolumeClaim, ephemeral.
func claims(p *Pod) []Result {
	var results []Result
	for i := range p.Spec.Volumes {
		name, below := p.claimOf(&p.Spec.Volumes[i])
		if name == "" || p.pinned(name) {
			continue
		}
		field := func() string { return indexed("volumes", i) + below }
		known, ok := p.Facts.Claims[name]
		switch rule := p.Site.DataOn(known.VolumeName); {
		case !ok:
			results = append(results, p.fail(IDClaims, field(), "the claim cannot be looked up", fixClaimLookUp, "claim %s", quote(name)))
		case known.Error != "" && !known.Absent:
			results = append(results, p.fail(IDClaims, field(), "the claim cannot be looked up", fixClaimLookUp, "claim %s: %s", quote(name), oneLine(known.Error)))
		case rule != nil && rule.ClaimName != name:
			results = append(results, p.fail(IDClaims, field(), "another claim on the volume with the site's data", "mount claim "+quote(rule.ClaimName)+" as spec.data says",
				"claim %s is bound to %s, which is for claim %s", quote(name), quote(known.VolumeName), quote(rule.ClaimName)))
		}
	}
	return results
}

const fixClaimLookUp = "try again; mount fewer claims if there are many"

// pinned says whether the check data compares the claim's volume with the policy's.
func (p *Pod) pinned(claim string) bool {
	rule, _ := p.Site.Data(claim)
	return rule != nil && rule.VolumeName != ""
}

// mayHoldData says whether a claim under another name is, or could be, bound to a volume
// with data of the policy.
func mayHoldData(f *facts.Facts, site *compiled.Policy, claim string) bool {
	known, ok := f.Claims[claim]
	return !ok || (known.Error != "" && !known.Absent) || site.DataOn(known.VolumeName) != nil
}
