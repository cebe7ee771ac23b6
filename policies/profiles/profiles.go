// Package profiles holds what each federated-learning system has of its own: how
// its processes are recognised, with which arguments, environment and paths they
// run, and what they in particular must not do.
package profiles

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Kind is what kind of process a container runs.
type Kind string

// The kinds of processes.
const (
	// KindNone is a process that is none of the system's.
	KindNone Kind = ""
	// KindParent is the server or the client itself.
	KindParent Kind = "parent"
	// KindJob is one job of a server or a client, in a pod that its launcher made.
	KindJob Kind = "job"
	// KindAdmin is an admin's, which waits for commands.
	KindAdmin Kind = "admin"
)

// Process is what a container runs, as its command tells. Whoever writes the
// command can claim to be any: it counts only with a kit of the same role.
type Process struct {
	Kind Kind
	Role kit.Role
	// Module is the Python module, for messages.
	Module string
}

// Identity is who a process must be: what its verified kit and the policy say.
type Identity struct {
	Participant string
	Org         string
	Role        kit.Role
	// Workspace is the workspace's folder in the container, by the policy.
	Workspace string
	// Pod is the pod's name; empty in a template.
	Pod string
}

// Problem is what is wrong with a container, below its own path.
type Problem struct {
	Field, Detail, Fix string
}

// Source is what may lie behind a path in a container; several are joined by |.
type Source uint8

// The sources of mounts.
const (
	// SourceKit is the kit's startup/, SourceLocal the site's local/.
	SourceKit Source = 1 << iota
	SourceLocal
	// SourceWorkspace is the participant's claim.
	SourceWorkspace
	// SourceScratch is an emptyDir of the pod.
	SourceScratch
	// SourceData is a claim with data.
	SourceData
	// SourceRaw is a kit as it lies on its volume, and its seal: for the verifier.
	SourceRaw
	// SourceToken is a ServiceAccount's token.
	SourceToken
	// SourceOther is everything else; no path takes it.
	SourceOther
)

// Path is a place where a process may have something mounted, and what.
type Path struct {
	Path    string
	Sources Source
}

// Takes says whether something of that source may be mounted there.
func (p Path) Takes(source Source) bool { return p.Sources&source != 0 }

// Profile is one federated-learning system.
type Profile interface {
	// Name is the system's name in labels.
	Name() string
	// Recognise says what a container runs. ok is true as soon as anything in
	// the command belongs to the system, even where the rest of it is not what
	// Argv demands.
	Recognise(c *corev1.Container) (p Process, ok bool)
	// Argv and Environment say what is wrong with a container that runs p as id.
	Argv(c *corev1.Container, p Process, id Identity) []Problem
	Environment(c *corev1.Container, p Process, id Identity) []Problem
	// Paths is the closed list of mount paths, without those of data.
	Paths(p Process, id Identity) []Path
	// KitFiles are the files of startup/ that a role needs.
	KitFiles(role kit.Role) []string
	// OwnsDerived says whether a launcher's derived Secret with that name is a
	// copy of the participant's startup/.
	OwnsDerived(secret, participant string, role kit.Role) bool
}

// KitPath is where startup/ must be mounted, "" where the process takes no kit.
func KitPath(paths []Path) string { return first(paths, SourceKit) }

// LocalPath is the same for local/.
func LocalPath(paths []Path) string { return first(paths, SourceLocal) }

func first(paths []Path, source Source) string {
	for _, p := range paths {
		if p.Takes(source) {
			return p.Path
		}
	}
	return ""
}
