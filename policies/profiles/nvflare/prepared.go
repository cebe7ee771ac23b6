package nvflare

import (
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// prepared is what the processes of participants demand for one folder of workspaces.
type prepared struct {
	workspace                string
	serverPaths, jobPaths    []profiles.Path
	clientPaths              []profiles.Path
	serverFiles, clientFiles []string
}

// At implements profiles.Preparer.
func (Profile) At(workspace string) profiles.Profile {
	of := func(kind profiles.Kind, role kit.Role) []profiles.Path {
		return paths(profiles.Process{Kind: kind, Role: role}, workspace)
	}
	return Profile{&prepared{
		workspace:   workspace,
		serverPaths: of(profiles.KindParent, nvflare.RoleServer), serverFiles: nvflare.KitFiles(nvflare.RoleServer),
		clientPaths: of(profiles.KindParent, nvflare.RoleClient), clientFiles: nvflare.KitFiles(nvflare.RoleClient),
		jobPaths: of(profiles.KindJob, ""),
	}}
}

func (n Profile) paths(p profiles.Process, workspace string) []profiles.Path {
	switch {
	case n.prepared == nil || n.prepared.workspace != workspace:
	case p.Kind == profiles.KindJob:
		return n.prepared.jobPaths
	case p.Kind == profiles.KindParent && p.Role == nvflare.RoleServer:
		return n.prepared.serverPaths
	case p.Kind == profiles.KindParent && p.Role == nvflare.RoleClient:
		return n.prepared.clientPaths
	}
	return paths(p, workspace)
}

func (n Profile) kitFiles(role kit.Role) []string {
	switch {
	case n.prepared == nil:
	case role == nvflare.RoleServer:
		return n.prepared.serverFiles
	case role == nvflare.RoleClient:
		return n.prepared.clientFiles
	}
	return nvflare.KitFiles(role)
}
