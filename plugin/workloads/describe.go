package workloads

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Names are the names of the frameworks, in alphabetical order.
func (r *Registry) Names() []string {
	return r.collect(func(f *Framework) string { return f.Framework() })
}

// Titles are the frameworks' names as their makers write them, for a sentence:
// "A, B or C".
func (r *Registry) Titles() string {
	return Or(r.collect(func(f *Framework) string { return f.Describe().Title }))
}

// ShortNames are the frameworks' short names, for a sentence: "A, B or C".
func (r *Registry) ShortNames() string {
	return Or(r.collect(func(f *Framework) string { return f.Describe().Short }))
}

// ExampleImage is an image for help texts; empty if no framework is registered.
func (r *Registry) ExampleImage() string {
	for _, f := range r.all {
		return f.Describe().Image
	}
	return ""
}

// Roles are the roles of all frameworks, each once, in the frameworks' order.
func (r *Registry) Roles() []kit.Role {
	var roles []kit.Role
	for _, f := range r.all {
		for _, role := range f.Describe().Roles {
			if !slices.Contains(roles, role) {
				roles = append(roles, role)
			}
		}
	}
	return roles
}

// Ports are the TCP ports that servers of the given frameworks listen on by default, in
// ascending order; those of all frameworks if none is given.
func (r *Registry) Ports(frameworks ...string) []int {
	var ports []int
	for _, f := range r.all {
		if len(frameworks) == 0 || slices.Contains(frameworks, f.Framework()) {
			ports = append(ports, f.Describe().Ports...)
		}
	}
	slices.Sort(ports)
	return slices.Compact(ports)
}

// WithJobs are the frameworks whose jobs `kubectl flare job` handles.
func (r *Registry) WithJobs() []*Framework {
	return slices.DeleteFunc(slices.Clone(r.all), func(f *Framework) bool { return f.Jobs == nil })
}

// NoJobs is the error for a framework without the capability Jobs.
func (r *Registry) NoJobs(framework string) error {
	var with []string
	for _, f := range r.WithJobs() {
		with = append(with, f.Framework())
	}
	if len(with) == 0 {
		return fmt.Errorf("%s has no jobs: use its own tools", framework)
	}
	return fmt.Errorf("%s has no jobs: `kubectl flare job` handles those of %s; use the framework's own tools", framework, Or(with))
}

func (r *Registry) collect(of func(*Framework) string) []string {
	all := make([]string, 0, len(r.all))
	for _, f := range r.all {
		all = append(all, of(f))
	}
	return all
}

// Or joins alternatives: "A, B or C".
func Or(all []string) string {
	if len(all) < 2 {
		return strings.Join(all, "")
	}
	last := len(all) - 1
	return strings.Join(all[:last], ", ") + " or " + all[last]
}
