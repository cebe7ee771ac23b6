package compiled

import (
	"slices"
	"strings"

	"github.com/Masterminds/semver/v3"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// versions is a range of a framework's versions. nil means all versions.
type versions struct{ *semver.Constraints }

// addFrameworks compiles spec.frameworks. If the policy lists none, frameworks is nil,
// and all registered frameworks are admitted.
func (p *Policy) addFrameworks() {
	for i := range p.source.Spec.Frameworks {
		rule := &p.source.Spec.Frameworks[i]
		admitted, err := rule.Admitted()
		if err != nil {
			continue // invalid policies are not compiled
		}
		if p.frameworks == nil {
			p.frameworks = map[string]versions{}
		}
		p.frameworks[rule.Name] = versions{admitted}
	}
}

// FrameworkVerdict is what the policy says about a framework.
type FrameworkVerdict int

// The verdicts.
const (
	FrameworkAdmitted FrameworkVerdict = iota
	// FrameworkUnknown means that the framework is not registered.
	FrameworkUnknown
	// FrameworkNotListed means that spec.frameworks does not list the framework.
	FrameworkNotListed
	// FrameworkVersionUnknown means that the policy has a range of versions, but the
	// kit does not say its version, or not as a semantic version.
	FrameworkVersionUnknown
	// FrameworkOtherVersion means that the version is not in the range.
	FrameworkOtherVersion
)

// Framework says whether kits of this version of a framework may run.
func (p *Policy) Framework(name, version string) FrameworkVerdict {
	if _, ok := p.profiles.Profile(name); !ok {
		return FrameworkUnknown
	}
	if p.frameworks == nil {
		return FrameworkAdmitted
	}
	admitted, ok := p.frameworks[name]
	switch {
	case !ok:
		return FrameworkNotListed
	case admitted.Constraints == nil:
		return FrameworkAdmitted
	}
	v, err := semver.NewVersion(version)
	switch {
	case err != nil:
		return FrameworkVersionUnknown
	case !admitted.Check(v):
		return FrameworkOtherVersion
	}
	return FrameworkAdmitted
}

// unregistered returns the errors of names that no registered framework has, and of
// mounts that would hide a framework's programs.
func (p *Policy) unregistered() field.ErrorList {
	spec, at := &p.source.Spec, field.NewPath("spec")
	var errs field.ErrorList
	for i, rule := range spec.Frameworks {
		if _, ok := p.profiles.Profile(rule.Name); !ok {
			errs = append(errs, field.NotSupported(at.Child("frameworks").Index(i).Child("name"), rule.Name, p.profiles.Frameworks()))
		}
	}
	roles := p.profiles.Roles()
	for i := range spec.Data {
		errs = append(errs, knownRoles(at.Child("data").Index(i).Child("roles"), spec.Data[i].Roles, roles)...)
		errs = append(errs, p.coversPrograms(at.Child("data").Index(i).Child("mountPath"), spec.Data[i].MountPath)...)
	}
	if spec.Privacy != nil {
		errs = append(errs, knownRoles(at.Child("privacy", "interactiveAccess", "podRoles"), spec.Privacy.InteractiveAccess.PodRoles, roles)...)
	}
	return append(errs, p.coversPrograms(at.Child("workspace", "mountPath"), spec.Workspace.MountPath)...)
}

func knownRoles(at *field.Path, given []v1alpha1.Role, known []kit.Role) field.ErrorList {
	var errs field.ErrorList
	for i, role := range given {
		if !slices.Contains(known, kit.Role(role)) {
			errs = append(errs, field.NotSupported(at.Index(i), role, known))
		}
	}
	return errs
}

func (p *Policy) coversPrograms(at *field.Path, name string) field.ErrorList {
	for _, folder := range p.profiles.ProgramFolders() {
		if name == folder || strings.HasPrefix(name, folder+"/") || strings.HasPrefix(folder, name+"/") {
			return field.ErrorList{v1alpha1.CoversImage(at, name, folder)}
		}
	}
	return nil
}
