// Package nvflare is the profile of NVIDIA FLARE: what the pods of its server, its
// clients, their jobs and its admins must look like.
package nvflare

import (
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// Profile is the profile of NVIDIA FLARE 2.7 to 2.9. It is also a profiles.Launcher, since
// the server and the clients create a pod for every job.
type Profile struct {
	// prepared are the paths in a workspace, or nil.
	prepared *prepared
}

// Framework implements profiles.Profile.
func (Profile) Framework() string { return nvflare.Name }

// Roles implements profiles.Profile.
func (Profile) Roles() []kit.Role {
	return []kit.Role{nvflare.RoleServer, nvflare.RoleClient, nvflare.RoleAdmin}
}

// ProgramFolders implements profiles.Profile: upstream's images have NVFLARE there.
func (Profile) ProgramFolders() []string { return []string{"/opt/nvflare"} }

// Recognise implements profiles.Profile. It looks for one of NVFLARE's private modules
// anywhere in the command, so that a shell around it does not hide it. An admin's process
// only sleeps: it counts as NVFLARE's only with a kit.
func (Profile) Recognise(c *corev1.Container) (profiles.Process, bool) {
	var found profiles.Process
	for _, list := range [2][]string{c.Command, c.Args} {
		for _, word := range list {
			p, ok := processOf(word)
			if ok {
				return p, true
			}
			if p.Kind != profiles.KindNone {
				found = p
			}
		}
	}
	return found, false
}

func processOf(word string) (profiles.Process, bool) {
	switch word {
	case nvflare.ModuleServer:
		return profiles.Process{Kind: profiles.KindParent, Role: nvflare.RoleServer, Program: word}, true
	case nvflare.ModuleClient:
		return profiles.Process{Kind: profiles.KindParent, Role: nvflare.RoleClient, Program: word}, true
	case nvflare.ModuleServerJob:
		return profiles.Process{Kind: profiles.KindJob, Role: nvflare.RoleServer, Program: word}, true
	case nvflare.ModuleClientJob:
		return profiles.Process{Kind: profiles.KindJob, Role: nvflare.RoleClient, Program: word}, true
	case nvflare.AdminScript:
		return profiles.Process{Kind: profiles.KindAdmin, Role: nvflare.RoleAdmin, Program: "an admin's sleep"}, false
	}
	return profiles.Process{}, strings.Contains(word, nvflare.ModulePrefix)
}

// Secrets implements profiles.Launcher.
func (Profile) Secrets() []profiles.LauncherSecret {
	return []profiles.LauncherSecret{
		{Prefix: nvflare.PrefixDerived, Holds: profiles.HoldsKit},
		{Prefix: nvflare.PrefixCredentials, Holds: profiles.HoldsTokens},
	}
}

// OwnsSecret implements profiles.Launcher.
func (Profile) OwnsSecret(secret, participant string, role kit.Role) bool {
	return nvflare.OwnsDerived(secret, participant, role)
}
