package checks

import "github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"

// Finding is what one check has to say about a pod, also where nothing is wrong.
type Finding struct {
	ID string
	// Applies is false where the check does not bind a pod of that kind.
	Applies bool
	// Results are what is wrong.
	Results []Result
}

// Explain gives the findings of all checks, in the order of Run's results.
func Explain(p *Pod) []Finding {
	all := All()
	findings := make([]Finding, 0, len(all))
	for _, c := range all {
		f := Finding{ID: c.ID, Applies: c.Scope.binds(p)}
		if f.Applies {
			f.Results = c.Run(p)
		}
		findings = append(findings, f)
	}
	return findings
}

// AllowedImage is the index of the policy's entry that lets an image run, or that
// gives its tag a digest; -1 if there is none.
func AllowedImage(image string, allowed []v1alpha1.AllowedImage) int {
	for i := range allowed {
		one := allowed[i : i+1]
		if _, tagged := ResolveImage(image, one); tagged {
			return i
		}
		if reason, _ := imageProblem(image, one); reason == "" {
			return i
		}
	}
	return -1
}

// Data is the index of the policy's entry for a claim, -1 if it has none.
func Data(claim string, rules []v1alpha1.DataRule) int {
	for i := range rules {
		if rules[i].ClaimName == claim {
			return i
		}
	}
	return -1
}
