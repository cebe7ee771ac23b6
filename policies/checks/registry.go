package checks

import (
	"errors"
	"fmt"
	"slices"
)

// Registry is a list of checks that was found to be sound. It does not change once
// it is made.
type Registry struct{ checks []Check }

// NewRegistry makes a registry. It refuses checks without an ID or a function, two
// with one ID, and such as cannot say anything without a kit and do not say so.
func NewRegistry(all ...Check) (*Registry, error) {
	var errs []error
	for i, c := range all {
		switch {
		case c.ID == "" || c.Run == nil:
			errs = append(errs, fmt.Errorf("check %d %q: it needs an ID and a function", i, c.ID))
		case slices.ContainsFunc(all[:i], func(b Check) bool { return b.ID == c.ID }):
			errs = append(errs, fmt.Errorf("check %q: registered twice", c.ID))
		case c.Scope == Verified && !c.NeedsKit:
			errs = append(errs, fmt.Errorf("check %q: it binds pods with a verified kit, so it needs the kit", c.ID))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Registry{slices.Clone(all)}, nil
}

// Run gives what every check that binds the pod has to say.
func (r *Registry) Run(p *Pod) []Result {
	var results []Result
	for _, c := range r.checks {
		if c.Scope.binds(p) {
			results = append(results, c.Run(p)...)
		}
	}
	return results
}
