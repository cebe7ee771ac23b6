// Package profiles says what the pods of a federated-learning framework must look
// like: one Profile for each framework, and a Registry that knows them all. It
// holds nothing of any framework; a framework's profile lies in a package of its
// own below this one.
package profiles

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Profile is what a framework demands of its pods.
type Profile interface {
	// Framework is the framework's name, as kits and SitePolicies write it.
	Framework() string
	// Roles are the roles that a kit of the framework can give.
	Roles() []kit.Role
	// ProgramFolders are folders of the framework's images from which it loads code,
	// besides those of the system: a SitePolicy may mount nothing there.
	ProgramFolders() []string
	// Recognise says what a container runs. ok is true as soon as anything in the
	// command belongs to the framework, even where the rest of it is not what the
	// Grammar demands. A process may be returned with ok false: it counts as the
	// framework's only in a pod that refers to a kit.
	Recognise(c *corev1.Container) (p Process, ok bool)
	// Demands says what the pod of a process must look like that runs as id.
	Demands(p Process, id Identity) Demands
}

// Kind is what kind of process a container runs.
type Kind string

// The kinds of processes.
const (
	// KindNone is a process that is none of the framework's.
	KindNone Kind = ""
	// KindParent is a participant's own process, which may launch jobs.
	KindParent Kind = "parent"
	// KindJob is one job of a participant, in a pod that its launcher made.
	KindJob Kind = "job"
	// KindAdmin is an administrator's process, which waits for commands.
	KindAdmin Kind = "admin"
	// KindHelper is a process beside another one in the same pod; a pod that runs
	// nothing else is no participant's.
	KindHelper Kind = "helper"
)

// Process is what a container runs, as its command tells. The author of a command
// can claim to be any: it counts only with a kit of the same role.
type Process struct {
	Kind Kind
	Role kit.Role
	// Program names what is run, for messages.
	Program string
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
	// Unlisted is the name of a variable that the framework does not know, "" for
	// every other problem: the policy may allow it.
	Unlisted string
}
