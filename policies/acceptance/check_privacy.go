package acceptance

import (
	"slices"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
	"github.com/kubectl-flare/kubectl-flare/policies/requirements"
)

// privacy evaluates what the policy requires of the settings in startup/.
func (e *evaluation) privacy() kit.Findings {
	return e.site.required.Check(requirements.Kind{Framework: e.kit.Framework, Role: e.kit.Role}, kit.StartupDir, e.kit.Startup)
}

// Reading is what was read of local/ for one kind of participants. A sealed local/ has one,
// of a local/ that the policy lists no one says whose settings they are: it is read for every
// kind, and each pod takes that of its kit.
type Reading struct {
	Of requirements.Kind
	// Unmet is what the policy requires and a listed local/ does not have. Of any other, the
	// terms say it.
	Unmet kit.Findings
	// Values are the settings by path, if the policy has rules of its own. Unclear says that
	// they cannot be understood with certainty.
	Values  map[string]any
	Unclear bool
	// Datasets is what the launcher mounts into jobs, if the policy has data for studies.
	Datasets []settings.Dataset
}

// readings reads local/ once its content is accepted, and evaluates what the policy requires
// of the settings. That is about new pods only: what runs may finish when the policy becomes
// stricter.
func (e *localEvaluation) readings() (all []Reading, own kit.Findings) {
	if e.site == nil {
		return nil, nil
	}
	if of, known := e.kind(); known {
		return []Reading{e.read(of)}, e.site.required.Check(of, kit.LocalDir, e.Files)
	}
	unusable := 0
	for _, of := range e.kinds() {
		one, findings := e.read(of), e.site.required.Check(of, kit.LocalDir, e.Files)
		if one.Unmet = findings.With(kit.StatusFail); len(one.Unmet) > 0 && e.complete(of) {
			unusable++
		}
		all = append(all, one)
	}
	// If every kind of participants that could start with it lacks something, that is wrong
	// already when it is written.
	if unusable > 0 && unusable == len(all) {
		return all, all[0].Unmet
	}
	return all, nil
}

// complete says whether such a participant could start with local/. That of an
// administrator, who has no settings, has not all files of the others.
func (e *localEvaluation) complete(of requirements.Kind) bool {
	f, _ := e.registry.Find(of.Framework)
	if f.SettingsChecker == nil {
		return true
	}
	return !slices.ContainsFunc(f.SettingsChecker.CheckSettings(e.Files, of.Role), func(found kit.Finding) bool {
		return found.Status == kit.StatusFail && found.ID != kit.CheckLocalContent
	})
}

// kinds are all kinds of participants that have settings, of frameworks that the policy
// admits.
func (e *localEvaluation) kinds() []requirements.Kind {
	all := e.site.required.Kinds()
	for _, name := range e.registry.Names() {
		f, _ := e.registry.Find(name)
		if f.SettingsReader == nil {
			continue
		}
		for _, role := range f.SettingsReader.SettingsRoles() {
			if of := (requirements.Kind{Framework: name, Role: role}); !slices.Contains(all, of) {
				all = append(all, of)
			}
		}
	}
	return slices.DeleteFunc(all, func(of requirements.Kind) bool {
		return e.site.frameworks != nil && !slices.Contains(e.site.frameworks, of.Framework)
	})
}

// read reads what rules and data of the policy need.
func (e *localEvaluation) read(of requirements.Kind) Reading {
	r := Reading{Of: of}
	f, _ := e.registry.Find(of.Framework)
	if e.site.rules && f.SettingsReader != nil {
		found, unclear := f.SettingsReader.Settings(kit.LocalDir, e.Files, of.Role)
		r.Values, r.Unclear = settings.Values(found), len(unclear) > 0
	}
	if e.site.studies && f.StudyReader != nil {
		r.Datasets = f.StudyReader.Datasets(e.Files)
	}
	return r
}

// kind is the kind of participants to which local/ belongs. Only the kit or a trusted seal
// says so.
func (e *localEvaluation) kind() (requirements.Kind, bool) {
	switch s := e.opened.statement; {
	case e.Kit != nil:
		return requirements.Kind{Framework: e.Kit.Framework, Role: e.Kit.Role}, true
	case s != nil:
		return requirements.Kind{Framework: s.Framework.Name, Role: kit.Role(s.Role)}, true
	}
	return requirements.Kind{}, false
}
