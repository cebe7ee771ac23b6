// Package requirements has what a SitePolicy requires of the settings of participants:
// spec.privacy.scopes, customCode and settings, and the devices of spec.resources.max, all
// in one list. It is compiled once. A requirement that could never have an effect, such as
// one of a setting that does not exist, is an error with its field.
package requirements

import (
	"fmt"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

// maxProblems is how many problems of one kit are reported.
const maxProblems = 10

// List are the requirements of a policy. It never changes. A nil List requires nothing.
type List struct{ all []kind }

// kind is a kind of participants: those of a framework that have a role.
type kind struct {
	framework frameworks.Registered
	role      kit.Role
	required  []settings.Requirement
	// unknown are the fields of the policy that the framework cannot comply with.
	unknown []string
}

// Kind is a framework and a role.
type Kind struct {
	Framework string
	Role      kit.Role
}

// Kinds are the kinds of participants of which something is required.
func (l *List) Kinds() []Kind {
	if l == nil {
		return nil
	}
	all := make([]Kind, 0, len(l.all))
	for i := range l.all {
		all = append(all, Kind{l.all[i].framework.Name(), l.all[i].role})
	}
	return all
}

func (l *List) find(of Kind) *kind {
	if l == nil {
		return nil
	}
	i := slices.IndexFunc(l.all, func(k kind) bool { return k.framework.Name() == of.Framework && k.role == of.Role })
	if i < 0 {
		return nil
	}
	return &l.all[i]
}

// Check evaluates the files of startup/ or local/ of a participant; folder is kit.StartupDir
// or kit.LocalDir. It returns nil if nothing is required of such a participant.
func (l *List) Check(of Kind, folder string, files kit.Files) kit.Findings {
	k := l.find(of)
	if k == nil {
		return nil
	}
	var findings kit.Findings
	for _, one := range k.unknown {
		findings = append(findings, kit.Fail(kit.CheckPrivacy, folder, "remove the field, or run "+k.framework.Title()+" under another policy",
			"%s of the policy has no meaning for %s", one, k.framework.Title()))
	}
	if k.framework.SettingsReader != nil {
		findings = append(findings, k.evaluate(folder, files)...)
	}
	if len(findings) > maxProblems {
		findings = findings[:maxProblems]
	}
	if findings == nil && len(k.required) > 0 {
		return kit.Findings{kit.Pass(kit.CheckPrivacy, folder, "the settings meet what the policy requires")}
	}
	return findings
}

func (k *kind) evaluate(folder string, files kit.Files) kit.Findings {
	if len(k.required) == 0 {
		return nil
	}
	found, unclear := k.framework.SettingsReader.Settings(folder, files, k.role)
	// What is not understood meets no requirement. Limits of optional settings alone are no
	// reason to deny it: the pods themselves are limited.
	if len(unclear) > 0 && slices.ContainsFunc(k.required, func(r settings.Requirement) bool { return !r.Optional }) {
		return unclear
	}
	var findings kit.Findings
	set := settings.NewSet(found)
	for i := range k.required {
		r := k.required[i]
		switch startup := settings.InStartup(r.Path); {
		case startup && folder == kit.LocalDir:
			continue
		case !startup && folder == kit.StartupDir:
			// Of other settings, startup/ may add some: they must not contradict.
			r.Optional, r.Present = true, false
		}
		for _, p := range r.Check(set) {
			findings = append(findings, finding(folder, &p))
		}
	}
	return findings
}

func finding(folder string, p *settings.Problem) kit.Finding {
	fix, file, text := p.Fix, folder, p.Text
	if p.Setting != nil && !p.Setting.Default() {
		file = p.Setting.File
		if p.Setting.Line > 0 {
			text = fmt.Sprintf("line %d: %s", p.Setting.Line, text)
		}
	}
	if strings.HasPrefix(file, kit.LocalDir) {
		fix += ", then seal local/ and inject the kit again"
	}
	return kit.Fail(kit.CheckPrivacy, file, fix, "%s", text)
}
