package nvflare

import (
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// Demands implements profiles.Profile: every pod of NVFLARE has one container.
func (n Profile) Demands(p profiles.Process, id profiles.Identity) profiles.Demands {
	g := &grammar{Process: p, Identity: id}
	c := &g.container[0]
	*c = profiles.Container{Process: p, Grammar: g, Paths: n.paths(p, id.Workspace), Defaults: profiles.PythonVariables}
	if p.Kind == profiles.KindParent || p.Kind == profiles.KindJob {
		c.Arguments = arguments
	}
	return profiles.Demands{Containers: g.container[:], KitFiles: n.kitFiles(id.Role)}
}

// arguments keep servers, clients and jobs from importing modules of the workspace.
func arguments() []profiles.Argument {
	return []profiles.Argument{{After: "--set", Word: nvflare.NoDrivers}}
}

// paths are the allowed paths, away from the folders from which Python loads code.
func paths(p profiles.Process, workspace string) []profiles.Path {
	all := []profiles.Path{scratchAt(profiles.Scratch), scratchAt("/dev/shm")}
	switch p.Kind {
	case profiles.KindAdmin:
		return withKit(append(all, scratchAt(nvflare.AdminKitPath), scratchAt(nvflare.AdminWorkPath)), nvflare.AdminKitPath)
	case profiles.KindJob:
		// A job unpacks its parent's workspace, with local/, into its own: a mount there
		// would break it.
		return append(all, scratchAt(workspace), profiles.Path{Path: workspace + "/startup", Sources: profiles.SourceKit})
	case profiles.KindParent:
		all = withKit(append(all, storedAt(workspace, "")), workspace)
	case profiles.KindHelper, profiles.KindNone:
	}
	if p.Kind == profiles.KindParent && p.Role == nvflare.RoleServer {
		all = append(all, storedAt(nvflare.ServerStorePath, nvflare.ServerStoreFolder))
	}
	return all
}

func scratchAt(path string) profiles.Path {
	return profiles.Path{Path: path, Sources: profiles.SourceScratch}
}

// storedAt takes one folder of the claim: from a folder of a job, NVFLARE would read that
// job's settings as its own.
func storedAt(path, folder string) profiles.Path {
	return profiles.Path{Path: path, Sources: profiles.SourceWorkspace | profiles.SourceScratch, Folder: folder}
}

func withKit(all []profiles.Path, root string) []profiles.Path {
	return append(all, profiles.Path{Path: root + "/startup", Sources: profiles.SourceKit},
		profiles.Path{Path: root + "/local", Sources: profiles.SourceLocal})
}
