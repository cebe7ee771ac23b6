package flower

import (
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// prepared are the parts of the pods of all processes for one folder of workspaces.
type prepared struct {
	workspace string
	parts     map[prepares][]part
}

// prepares is what the parts of a pod depend on.
type prepares struct {
	process profiles.Process
	dialect flower.Dialect
}

// At implements profiles.Preparer.
func (Profile) At(workspace string) profiles.Profile {
	made := &prepared{workspace, map[prepares][]part{}}
	for _, p := range processes() {
		for _, d := range []flower.Dialect{flower.DialectGRPC, flower.DialectHTTP} {
			made.parts[prepares{p, d}] = pod{workspace, d, p.Role, p}.parts()
		}
	}
	return Profile{made}
}

// processes are all that a pod may run in its first container.
func processes() []profiles.Process {
	return []profiles.Process{
		{Kind: profiles.KindParent, Role: flower.RoleServer, Program: flower.ProgramSuperLink},
		{Kind: profiles.KindParent, Role: flower.RoleServer, Program: flower.ProgramSuperLink + apart},
		{Kind: profiles.KindParent, Role: flower.RoleClient, Program: flower.ProgramSuperNode},
		{Kind: profiles.KindParent, Role: flower.RoleClient, Program: flower.ProgramSuperNode + apart},
		{Kind: profiles.KindParent, Role: flower.RoleClient, Program: flower.ProgramSuperNode + elsewhere},
		{Kind: profiles.KindJob, Role: flower.RoleClient, Program: flower.ProgramClientApp},
		{Kind: profiles.KindAdmin, Role: flower.RoleAdmin, Program: scientist},
	}
}

func (f Profile) parts(p profiles.Process, d flower.Dialect, workspace string) []part {
	if f.prepared != nil && f.prepared.workspace == workspace {
		if parts, ok := f.prepared.parts[prepares{p, d}]; ok {
			return parts
		}
	}
	return pod{workspace, d, p.Role, p}.parts()
}
