// Package toy is the profile of toy, a framework only for tests. It is as different from a
// real one as a profile allows: its pods have two containers, its kits have keys instead of
// certificates, and it launches no jobs. No program registers it.
package toy

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// What the containers run.
const (
	program   = "/toy"
	verbServe = "serve"
	verbWork  = "work"
	verbRelay = "relay"
)

// Where the process reads its kit and its settings, and where it may write.
const (
	kitPath   = "/toy/startup"
	localPath = "/toy/local"
	scratch   = "/tmp"
)

// Profile is the profile of toy.
type Profile struct{}

// Framework implements profiles.Profile.
func (Profile) Framework() string { return toy.Name }

// Roles implements profiles.Profile.
func (Profile) Roles() []kit.Role { return []kit.Role{toy.RoleHub, toy.RoleLeaf} }

// ProgramFolders implements profiles.Profile: toy's program is one file.
func (Profile) ProgramFolders() []string { return []string{program} }

// Recognise implements profiles.Profile. It looks for the program anywhere in the command.
func (Profile) Recognise(c *corev1.Container) (profiles.Process, bool) {
	words := slices.Concat(c.Command, c.Args)
	at := slices.Index(words, program)
	if at < 0 {
		return profiles.Process{}, false
	}
	if at+1 < len(words) {
		switch verb := words[at+1]; verb {
		case verbServe, verbWork:
			return profiles.Process{Kind: profiles.KindParent, Program: program + " " + verb}, true
		case verbRelay:
			return relay(), true
		}
	}
	return profiles.Process{}, true
}

func relay() profiles.Process {
	return profiles.Process{Kind: profiles.KindHelper, Program: program + " " + verbRelay}
}

// Demands implements profiles.Profile: the process, and a relay next to it that mounts
// neither the kit nor the workspace.
func (Profile) Demands(p profiles.Process, id profiles.Identity) profiles.Demands {
	verb := verbServe
	if p.Program == program+" "+verbWork {
		verb = verbWork
	}
	return profiles.Demands{
		Containers: []profiles.Container{
			{
				Process: p, Grammar: words{program, verb, "--participant=" + id.Participant, "--kit=" + kitPath},
				Paths: []profiles.Path{
					{Path: kitPath, Sources: profiles.SourceKit}, {Path: localPath, Sources: profiles.SourceLocal},
					{Path: id.Workspace, Sources: profiles.SourceWorkspace}, {Path: scratch, Sources: profiles.SourceScratch}, {Path: "/dev/shm", Sources: profiles.SourceScratch},
				},
			},
			{Process: relay(), Grammar: words{program, verbRelay}, Paths: []profiles.Path{{Path: scratch, Sources: profiles.SourceScratch}}},
		},
		KitFiles: []string{toy.KeyFile, toy.PublicKeyFile, toy.ConfigFile},
	}
}
