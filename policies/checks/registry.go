package checks

import (
	"errors"
	"fmt"
	"slices"
)

// Registry is a valid list of checks. It does not change.
type Registry struct{ checks []Check }

// NewRegistry makes a registry. It rejects checks without an ID or a function, duplicate
// IDs, and checks of the scope Verified without NeedsKit.
func NewRegistry(all ...Check) (*Registry, error) {
	var errs []error
	for i, c := range all {
		switch {
		case c.ID == "" || c.Run == nil:
			errs = append(errs, fmt.Errorf("check %d %q: it needs an ID and a function", i, c.ID))
		case slices.ContainsFunc(all[:i], func(b Check) bool { return b.ID == c.ID }):
			errs = append(errs, fmt.Errorf("check %q: registered twice", c.ID))
		case c.Scope == Verified && !c.NeedsKit:
			errs = append(errs, fmt.Errorf("check %q: it applies to pods with a verified kit, so it must set NeedsKit", c.ID))
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return &Registry{slices.Clone(all)}, nil
}

// Run returns the results of all checks that apply to the pod.
func (r *Registry) Run(p *Pod) []Result {
	var results []Result
	for i := range r.checks {
		c := &r.checks[i]
		if c.Scope.applies(p) {
			if found := c.Run(p); len(found) > 0 {
				results = append(results, found...)
			}
		}
	}
	return results
}
