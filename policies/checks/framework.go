package checks

import "github.com/kubectl-flare/kubectl-flare/policies/compiled"

// framework demands that the kit is of a framework, and of a version, that the
// policy admits.
//
// Fields: the kit.
func framework(p *Pod) []Result {
	if p.Kit == nil {
		return nil // kit has denied it
	}
	bad := func(reason, fix, format string, args ...any) []Result {
		return []Result{p.fail(IDFramework, "volumes", reason, fix, format, args...)}
	}
	name, version := quote(p.Kit.Framework), quote(p.Kit.Version)
	switch p.Site.Framework(p.Kit.Framework, p.Kit.Version) {
	case compiled.FrameworkAdmitted:
		return nil
	case compiled.FrameworkNotListed:
		return bad("the framework is not admitted", "let the policy's spec.frameworks list it", "the kit is of %s", name)
	case compiled.FrameworkVersionUnknown:
		return bad("the framework's version is not known", "seal the kit with the exact version of its framework, or let spec.frameworks admit all versions",
			"the kit is of %s, version %s, and spec.frameworks admits certain versions", name, version)
	case compiled.FrameworkOtherVersion:
		return bad("the framework's version is not admitted", "use a version that spec.frameworks admits", "the kit is of %s, version %s", name, version)
	case compiled.FrameworkUnknown:
	}
	return bad("the framework is not known", "use a version of kubectl-flare that knows it", "the kit is of %s", name)
}
