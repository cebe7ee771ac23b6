package nvflare

import (
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/settings"
)

// SettingsRoles are servers and clients.
func (Framework) SettingsRoles() []kit.Role { return []kit.Role{RoleServer, RoleClient} }

// ScopePaths are the settings of privacy.json.
func (Framework) ScopePaths() (scopes, standard string) {
	return "privacy.scopes", "privacy.default_scope"
}

// FilterPaths are the chains of a client that receives tasks and sends results, and those of
// a server, for which it is the other way round. Source: client_runner.py and
// server_runner.py in nvflare/private/fed, 2.9.0.
func (Framework) FilterPaths(role kit.Role, scope, direction, class string) []string {
	received, sent := chainData, chainResult
	if role == RoleServer {
		received, sent = sent, received
	}
	var all []string
	add := func(chain, direction string) {
		all = append(all, "privacy.scopes["+scope+"]."+chain+"."+direction+"["+shortName(class)+"]")
	}
	if direction != directionOut {
		add(received, directionIn)
	}
	if direction != directionIn {
		add(sent, directionOut)
	}
	return all
}

// ForbidsCode requires that no role has the right byoc, by rules that exist, that other jobs
// can use only the classes in the list, which NVFLARE has since 2.8, and that NVFLARE itself
// looks for code in jobs.
// Source: nvflare/private/fed/utils/app_authz.py and app/default_app_validator.py, 2.9.0.
func (Framework) ForbidsCode() []settings.Requirement {
	const fix = "set byoc to none for every role in local/authorization.json"
	return append(listedOnly(),
		settings.Requirement{Path: "startup.class_list", OneOf: []any{true}, Fix: "upgrade to NVFLARE 2.8 or later, which has the list of classes, and ask the project lead for a kit of it"},
		settings.Requirement{Path: "authorization.roles", Present: true, Fix: fix},
		settings.Requirement{Path: "authorization.rights[byoc]", Absent: true, Fix: fix})
}

// RequiresSigned requires that the participant denies jobs that are not signed.
func (Framework) RequiresSigned() []settings.Requirement {
	return append(listedOnly(), settings.Requirement{
		Path: "startup.require_signed_jobs", OneOf: []any{true},
		Fix: "ask the project lead for a kit of NVFLARE 2.9 or later that requires signed jobs",
	})
}

// listedOnly are the requirements without which a job could run code although it brings none.
func listedOnly() []settings.Requirement {
	return []settings.Requirement{
		{Path: "resources.class_list_enforced", OneOf: []any{true}, Fix: "set class_list_enforcement_mode to enforce and class_allow_list to full names of classes in the list that NVFLARE ships, or remove both"},
		{Path: "resources.app_validator", Absent: true},
	}
}

// DevicesPath is the number of GPUs.
func (Framework) DevicesPath() string { return "resources.num_of_gpus" }
