package acceptance

import (
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/requirements"
)

// privacy evaluates what the policy requires of the settings in startup/.
func (e *evaluation) privacy() kit.Findings {
	return e.site.required.Check(requirements.Kind{Framework: e.kit.Framework, Role: e.kit.Role}, kit.StartupDir, e.kit.Startup)
}

// Privacy says whether local/ meets what a policy requires of the settings of one kind of
// participants.
type Privacy struct {
	Of       requirements.Kind
	Findings kit.Findings
}

// privacy evaluates what the policy requires of the settings in local/, once the content is
// accepted. It is about new pods only: what runs may finish when the policy becomes
// stricter. Of a local/ that the policy lists, no one says whose settings they are; so they
// are evaluated for every kind of participants, and each pod needs those of its kit.
func (e *localEvaluation) privacy() (own kit.Findings, others []Privacy) {
	if e.site == nil {
		return nil, nil
	}
	of, known := e.kind()
	if known {
		return e.site.required.Check(of, kit.LocalDir, e.Files), nil
	}
	possible := false
	for _, of := range e.site.required.Kinds() {
		findings := e.site.required.Check(of, kit.LocalDir, e.Files)
		others = append(others, Privacy{of, findings.With(kit.StatusFail)})
		possible = possible || findings.Passed()
	}
	if len(others) > 0 && !possible {
		return others[0].Findings, others
	}
	return nil, others
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
