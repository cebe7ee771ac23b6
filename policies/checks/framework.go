package checks

import "github.com/kubectl-flare/kubectl-flare/policies/compiled"

// framework requires that the policy admits the framework of the kit and its version.
//
// Fields: the kit.
func framework(p *Pod) []Result {
	if p.Kit == nil {
		return nil // the check kit denies it
	}
	bad := func(reason, fix, format string, args ...any) []Result {
		return []Result{p.fail(IDFramework, "volumes", reason, fix, format, args...)}
	}
	admission := p.Site.Framework(p.Kit.Framework, p.Kit.Version)
	if admission == compiled.FrameworkAdmitted {
		return nil
	}
	name, version := quote(p.Kit.Framework), quote(p.Kit.Version)
	switch admission {
	case compiled.FrameworkNotListed:
		return bad("the framework is not admitted", "add it to spec.frameworks of the policy", "the kit is of %s", name)
	case compiled.FrameworkVersionUnknown:
		return bad("the framework's version is unknown", "seal the kit with the exact version of its framework, or remove versions from spec.frameworks",
			"the kit is of %s, version %s, but spec.frameworks limits the versions", name, version)
	case compiled.FrameworkOtherVersion:
		return bad("the framework's version is not admitted", "use a version that spec.frameworks admits", "the kit is of %s, version %s", name, version)
	case compiled.FrameworkUnknown, compiled.FrameworkAdmitted:
	}
	return bad("the framework is not supported", "update kubectl-flare to a version that supports it", "the kit is of %s", name)
}
