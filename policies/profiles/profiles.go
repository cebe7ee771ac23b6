// Package profiles defines what the pods of a federated-learning framework must look like:
// a Profile for each framework, and a Registry of all profiles. It is independent of any
// framework; each framework's profile is a package below this one.
package profiles

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Profile says what the pods of a framework must look like.
type Profile interface {
	// Framework is the framework's name, as kits and SitePolicies write it.
	Framework() string
	// Roles are the roles that a kit of the framework can give.
	Roles() []kit.Role
	// ProgramFolders are folders of the framework's images from which it loads code,
	// besides those of the system. A SitePolicy must not mount anything there.
	ProgramFolders() []string
	// Recognise says what a container runs. ok is true if any part of the command
	// belongs to the framework, even if the Grammar rejects the rest. A process with ok
	// false counts as the framework's only in a pod that refers to a kit.
	Recognise(c *corev1.Container) (p Process, ok bool)
	// Demands says what the pod of a process that runs as id must look like.
	Demands(p Process, id Identity) Demands
}

// Preparer is a Profile that can prepare once what depends only on the folder of the
// workspaces of a policy, for faster evaluations.
type Preparer interface {
	// At is the same profile, prepared for the folder.
	At(workspace string) Profile
}

// Kind is the kind of process that a container runs.
type Kind string

// The kinds of processes.
const (
	// KindNone is a process that does not belong to the framework.
	KindNone Kind = ""
	// KindParent is a participant's own process, which may launch jobs.
	KindParent Kind = "parent"
	// KindJob is one job of a participant, in a pod that its launcher created.
	KindJob Kind = "job"
	// KindAdmin is an administrator's process, which waits for commands.
	KindAdmin Kind = "admin"
	// KindHelper is a process that runs only next to another one in the same pod.
	KindHelper Kind = "helper"
)

// Process is what a container runs, by its command. Since anyone can write such a command,
// it counts only with a kit of the same role.
type Process struct {
	Kind Kind
	Role kit.Role
	// Program names the program, for messages.
	Program string
}

// Identity is the identity that a process must have, from its verified kit and the policy.
type Identity struct {
	Participant string
	Org         string
	Role        kit.Role
	// Version is the version of the framework, "" if neither the kit nor its seal says so.
	Version string
	// Object is the name of the participant's Kubernetes objects, such as the Service
	// of its parent.
	Object string
	// Server is where the participant dials by its kit; of a server, where it is
	// dialled.
	Server kit.Endpoint
	// LocalFiles are the names of the files of local/ that the pod mounts. It is nil if they
	// are not known.
	LocalFiles []string
	// Workspace is the workspace's folder in the container, by the policy.
	Workspace string
	// Pod is the pod's name. It is empty in a template.
	Pod string
}

// Problem is what is wrong with a container. Field is a path below that of the container.
type Problem struct {
	Field, Detail, Fix string
	// Unlisted is the name of a variable that the framework does not use, which the
	// policy may allow. For every other problem, it is "".
	Unlisted string
}
