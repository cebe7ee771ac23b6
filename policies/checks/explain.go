package checks

// Finding is the result of one check about a pod, also if nothing is wrong.
type Finding struct {
	ID string
	// Applies says whether the check applies to the pod.
	Applies bool
	// NeedsKit says that the results are unknown without the kit.
	NeedsKit bool
	// Results are what is wrong.
	Results []Result
}

// Explain returns the findings of all checks, in the order of Run's results.
func (r *Registry) Explain(p *Pod) []Finding {
	findings := make([]Finding, 0, len(r.checks))
	for _, c := range r.checks {
		f := Finding{ID: c.ID, Applies: c.Scope.applies(p), NeedsKit: c.NeedsKit}
		if f.Applies {
			f.Results = c.Run(p)
		}
		findings = append(findings, f)
	}
	return findings
}
