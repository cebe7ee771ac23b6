package checks

// Finding is what one check has to say about a pod, also where nothing is wrong.
type Finding struct {
	ID string
	// Applies is false where the check does not bind a pod of that kind.
	Applies bool
	// NeedsKit is the check's: without the kit nobody knows what it would say.
	NeedsKit bool
	// Results are what is wrong.
	Results []Result
}

// Explain gives the findings of all checks, in the order of Run's results.
func (r *Registry) Explain(p *Pod) []Finding {
	findings := make([]Finding, 0, len(r.checks))
	for _, c := range r.checks {
		f := Finding{ID: c.ID, Applies: c.Scope.binds(p), NeedsKit: c.NeedsKit}
		if f.Applies {
			f.Results = c.Run(p)
		}
		findings = append(findings, f)
	}
	return findings
}
