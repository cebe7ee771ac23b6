package profiles

import (
	"errors"
	"fmt"
	"slices"
	"strings"

	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// RoleJob is the role of job pods. No kit has it.
const RoleJob kit.Role = "job"

// Registry has the profiles of a program. It does not change.
type Registry struct {
	profiles []Profile
	secrets  []launched
	ports    []Port
}

// launched is a launcher's Secret with its profile.
type launched struct {
	LauncherSecret
	launcher  Launcher
	framework string
}

// NewRegistry makes a registry. It rejects duplicate names, and prefixes of Secrets that
// another profile or the project itself uses.
func NewRegistry(all ...Profile) (*Registry, error) {
	r := &Registry{profiles: slices.Clone(all)}
	var errs []error
	for i, p := range all {
		if reasons := validation.IsDNS1123Label(p.Framework()); len(reasons) > 0 {
			errs = append(errs, fmt.Errorf("profile %q: its name is invalid: %s", p.Framework(), strings.Join(reasons, ", ")))
		}
		if slices.ContainsFunc(all[:i], func(b Profile) bool { return b.Framework() == p.Framework() }) {
			errs = append(errs, fmt.Errorf("profile %q: registered twice", p.Framework()))
		}
		errs = append(errs, checkRoles(p), r.addLauncher(p))
		if keeper, ok := p.(PortKeeper); ok {
			r.ports = append(r.ports, keeper.PrivatePorts()...)
		}
	}
	if err := errors.Join(errs...); err != nil {
		return nil, err
	}
	return r, nil
}

// At has the same profiles, prepared for the folder of a policy's workspaces.
func (r *Registry) At(workspace string) *Registry {
	prepared := &Registry{profiles: slices.Clone(r.profiles), secrets: r.secrets, ports: r.ports}
	for i, p := range prepared.profiles {
		if preparer, ok := p.(Preparer); ok {
			prepared.profiles[i] = preparer.At(workspace)
		}
	}
	return prepared
}

func checkRoles(p Profile) error {
	roles := p.Roles()
	if len(roles) == 0 {
		return fmt.Errorf("profile %q: it has no roles", p.Framework())
	}
	for i, role := range roles {
		if role == RoleJob || slices.Contains(roles[:i], role) || len(validation.IsDNS1123Label(string(role))) > 0 {
			return fmt.Errorf("profile %q: role %q is reserved, duplicate or not a DNS label", p.Framework(), role)
		}
	}
	return nil
}

// addLauncher registers the Secrets of a profile's launcher.
func (r *Registry) addLauncher(p Profile) error {
	launcher, ok := p.(Launcher)
	if !ok {
		return nil
	}
	for _, s := range launcher.Secrets() {
		if s.Prefix == "" || (s.Holds != HoldsKit && s.Holds != HoldsTokens) {
			return fmt.Errorf("profile %q: a launcher's Secret needs a prefix and a valid Holds: %+v", p.Framework(), s)
		}
		for _, taken := range append(r.Prefixes(), names.PrefixKit, names.PrefixLocal) {
			if strings.HasPrefix(taken, s.Prefix) || strings.HasPrefix(s.Prefix, taken) {
				return fmt.Errorf("profile %q: the prefix %q overlaps with %q", p.Framework(), s.Prefix, taken)
			}
		}
		r.secrets = append(r.secrets, launched{s, launcher, p.Framework()})
	}
	return nil
}

// Profile finds a profile by its framework.
func (r *Registry) Profile(framework string) (Profile, bool) {
	for _, p := range r.profiles {
		if p.Framework() == framework {
			return p, true
		}
	}
	return nil, false
}

// Frameworks are the names of the profiles, in the order of their registration.
func (r *Registry) Frameworks() []string {
	all := make([]string, 0, len(r.profiles))
	for _, p := range r.profiles {
		all = append(all, p.Framework())
	}
	return all
}

// Roles are the roles of pods of all frameworks, each once. That of jobs is the last.
func (r *Registry) Roles() []kit.Role {
	var all []kit.Role
	for _, p := range r.profiles {
		for _, role := range p.Roles() {
			if !slices.Contains(all, role) {
				all = append(all, role)
			}
		}
	}
	return append(all, RoleJob)
}

// ProgramFolders are the program folders of all frameworks.
func (r *Registry) ProgramFolders() []string {
	var all []string
	for _, p := range r.profiles {
		all = append(all, p.ProgramFolders()...)
	}
	return all
}
