// Package flower is the profile of Flower: what the pods of SuperLinks, SuperNodes and
// scientists must look like, and those of the tasks that SuperExec starts.
package flower

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// Profile is the profile of Flower in both of its dialects. It is also a profiles.Launcher,
// since SuperExec can start a pod for every task.
type Profile struct {
	// prepared are the parts of all pods for one workspace, or nil.
	prepared *prepared
}

// Framework implements profiles.Profile.
func (Profile) Framework() string { return flower.Name }

// Roles implements profiles.Profile.
func (Profile) Roles() []kit.Role {
	return []kit.Role{flower.RoleServer, flower.RoleClient, flower.RoleAdmin}
}

// ProgramFolders implements profiles.Profile: upstream's images have Python there.
func (Profile) ProgramFolders() []string { return []string{"/python"} }

// Secrets implements profiles.Launcher.
func (Profile) Secrets() []profiles.LauncherSecret {
	return []profiles.LauncherSecret{{Prefix: flower.PrefixTask, Holds: profiles.HoldsTokens}}
}

// OwnsSecret implements profiles.Launcher. The names of tasks do not say whose they are; a
// pod mounts only the Secret with its own name.
func (Profile) OwnsSecret(_, _ string, role kit.Role) bool { return role == flower.RoleClient }

// Launches implements profiles.Selective: every other SuperNode runs apps in its own pod, where
// they could use the token.
func (Profile) Launches(p profiles.Process) bool {
	return p.Program == flower.ProgramSuperNode+elsewhere
}

// PrivatePorts implements profiles.PortKeeper.
func (Profile) PrivatePorts() []profiles.Port {
	return []profiles.Port{
		{Name: flower.PortControl, Number: flower.ControlPort, For: "where scientists control a federation of Flower"},
		{Name: flower.PortRuntime, Number: flower.RuntimePort, For: "a SuperNode's Runtime API"},
	}
}

// Recognise implements profiles.Profile. It looks for Flower's programs anywhere in the
// command, so that a shell around them does not hide them, for the flags that only they have,
// and for upstream's images, whose entrypoint is a program. The reverse proxy counts as
// Flower's only with a kit.
func (Profile) Recognise(c *corev1.Container) (profiles.Process, bool) {
	p := processOf(c)
	if p.Kind != profiles.KindNone {
		return p, p.Program != flower.ProgramProxy
	}
	return p, mentions(c)
}

// Demands implements profiles.Profile.
func (f Profile) Demands(p profiles.Process, id profiles.Identity) profiles.Demands {
	dialect, err := flower.DialectOf(id.Version)
	parts := f.parts(p, dialect, id.Workspace)
	grammars, containers := make([]grammar, len(parts)), make([]profiles.Container, len(parts))
	for i := range parts {
		grammars[i] = grammar{part: &parts[i], version: err, identity: id}
		containers[i] = profiles.Container{Process: parts[i].process, Grammar: &grammars[i], Paths: parts[i].paths, Probe: parts[i].probe}
		if parts[i].python {
			containers[i].Defaults = variables
		}
	}
	d := profiles.Demands{Containers: containers}
	if p.Kind == profiles.KindJob {
		d.KitFiles = []string{flower.RootFile}
		containers[0].Paths = ownSecret(parts[0].paths, id.Pod)
	}
	return d
}

// ownSecret are the paths of a task's pod, which mounts the Secret with its own name.
func ownSecret(paths []profiles.Path, pod string) []profiles.Path {
	own := make([]profiles.Path, len(paths))
	for i, p := range paths {
		if p.Takes(profiles.SourceJobSecret) {
			p.Secret = flower.TaskSecret(pod)
		}
		own[i] = p
	}
	return own
}
