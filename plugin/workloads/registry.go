package workloads

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"strings"

	"github.com/distribution/reference"
	"k8s.io/apimachinery/pkg/util/validation"
)

// Framework is a registered framework with the capabilities that it has.
type Framework struct {
	Workloads
	// Joiner and the others are nil if the framework does not have the capability.
	Joiner        Joiner
	Jobs          Jobs
	JobPods       JobPods
	JobContainers JobContainers
	Explainer     Explainer
	Configurer    Configurer
	Studies       Studies
	ServerChecker ServerChecker
	Rejecter      Rejecter
}

// Registry holds the frameworks that a program knows. The zero value knows none.
type Registry struct {
	all []*Framework // by name
}

// NewRegistry registers frameworks. It is an error if a name or a description is not valid,
// or if two frameworks have the same name.
func NewRegistry(all ...Workloads) (*Registry, error) {
	r := &Registry{}
	for _, w := range all {
		f := &Framework{Workloads: w}
		f.Joiner, _ = w.(Joiner)
		f.Jobs, _ = w.(Jobs)
		f.JobPods, _ = w.(JobPods)
		f.JobContainers, _ = w.(JobContainers)
		f.Explainer, _ = w.(Explainer)
		f.Configurer, _ = w.(Configurer)
		f.Studies, _ = w.(Studies)
		f.ServerChecker, _ = w.(ServerChecker)
		f.Rejecter, _ = w.(Rejecter)
		if err := f.validate(); err != nil {
			return nil, fmt.Errorf("framework %q: %w", w.Framework(), err)
		}
		if _, err := r.Get(w.Framework()); err == nil {
			return nil, fmt.Errorf("framework %q is registered twice", w.Framework())
		}
		r.all = append(r.all, f)
	}
	slices.SortFunc(r.all, func(a, b *Framework) int { return cmp.Compare(a.Framework(), b.Framework()) })
	return r, nil
}

// All are the registered frameworks, by name.
func (r *Registry) All() []*Framework { return r.all }

// Get is the framework with the given name.
func (r *Registry) Get(name string) (*Framework, error) {
	for _, f := range r.all {
		if f.Framework() == name {
			return f, nil
		}
	}
	return nil, fmt.Errorf("this version of kubectl flare does not support framework %q: it supports %s", name, cmp.Or(strings.Join(r.Names(), ", "), "none"))
}

func (f *Framework) validate() error {
	d := f.Describe()
	var errs []error
	report := func(format string, args ...any) { errs = append(errs, fmt.Errorf(format, args...)) }
	for _, reason := range validation.IsDNS1123Label(f.Framework()) {
		report("the name is not valid: %s", reason)
	}
	if d.Title == "" || d.Short == "" {
		report("the description has no title or no short name")
	}
	if named, err := reference.ParseNormalizedNamed(d.Image); err != nil || reference.IsNameOnly(named) {
		report("the example %q is not an image with a tag", d.Image)
	}
	errs = append(errs, f.validateRoles(), validatePorts(d.Ports))
	return errors.Join(errs...)
}

func (f *Framework) validateRoles() error {
	roles := f.Describe().Roles
	if len(roles) == 0 {
		return errors.New("the description has no roles")
	}
	for i, role := range roles {
		if reasons := validation.IsDNS1123Label(string(role)); len(reasons) > 0 {
			return fmt.Errorf("role %q is not valid: %s", role, reasons[0])
		}
		if slices.Contains(roles[:i], role) {
			return fmt.Errorf("role %q is in the description twice", role)
		}
	}
	if f.Jobs != nil && !slices.Contains(roles, f.Jobs.Operator()) {
		return fmt.Errorf("jobs are for the role %q, which is not in the description", f.Jobs.Operator())
	}
	return nil
}

func validatePorts(ports []int) error {
	for i, port := range ports {
		if reasons := validation.IsValidPortNum(port); len(reasons) > 0 {
			return fmt.Errorf("port %d is not valid: %s", port, reasons[0])
		}
		if i > 0 && ports[i-1] >= port {
			return fmt.Errorf("port %d comes after %d: give ports in ascending order", port, ports[i-1])
		}
	}
	return nil
}
