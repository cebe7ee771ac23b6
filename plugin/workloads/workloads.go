// Package workloads turns participants of federations into Kubernetes objects, finds out
// whether they have joined, and handles their jobs.
//
// Every framework has a package below this one. It implements Workloads, and Joiner, Jobs and
// JobPods if the framework has these capabilities. A Registry holds the frameworks that a program
// knows. This package has what their objects share: labels, hardened pods, and the Secret of
// a kit.
//
// Building objects is pure: no cluster, no clock, no file system.
package workloads

import (
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Object is a typed Kubernetes object with its apiVersion and kind. It has the methods of
// controller-runtime's client.Object, but that package would register metrics in every
// command: the plugin would grow by 0.6 MB and start 2 ms later.
type Object interface {
	runtime.Object
	metav1.Object
}

// Workloads is one framework in Kubernetes.
type Workloads interface {
	// Framework is the name in labels, an RFC 1123 label.
	Framework() string
	// Describe is what help texts and messages say about the framework.
	Describe() Description
	// Objects makes the objects of one participant. It is an error if the framework does
	// not have the kit's role, or if the kit is too large for Kubernetes.
	Objects(Participant, acceptance.Verified) (*Set, error)
}

// Description is what help texts and messages say about a framework.
type Description struct {
	// Title is the framework's name as its makers write it.
	Title string
	// Short is the name in a sentence: "an image that has SHORT in it".
	Short string
	// Image is an example of an image, with a tag.
	Image string
	// Roles are all roles that the framework's participants can have; help texts
	// list them in this order.
	Roles []kit.Role
	// Ports are the TCP ports on which a server of the framework listens by default, in
	// ascending order. Network policies open them.
	Ports []int
}

// Participant says where and with what one participant of a federation runs. Its identity is
// in its kit.
type Participant struct {
	Settings

	// Namespace is the namespace of all of its objects.
	Namespace string
	// ServerNamespace is the namespace of the FL server in the same cluster. Participants
	// whose kit dials a bare Service name need it.
	ServerNamespace string
	// KitImage is the image of flare-kit by digest, for a kit on a volume.
	KitImage string
	// JobPods says that the participant runs each job in a pod of its own. local/ of its
	// kit must say so, too.
	JobPods bool
	// JobContainer says that the participant runs its jobs in a container of their own.
	JobContainer bool
	// Governed says that the namespace is governed.
	Governed bool
}

// Set is the objects of a participant and its kit.
type Set struct {
	// Stages are written one after the other. The objects of a stage do not depend on each
	// other, so they are written at once.
	Stages [][]Object
	// Workloads are the objects that run pods.
	Workloads []Workload
	// Notes say what users must do themselves, such as creating a DNS record outside the
	// cluster.
	Notes []string
}

// Objects are the objects of all stages, in the order in which they are written.
func (s *Set) Objects() []Object { return slices.Concat(s.Stages...) }

// The kinds of objects that run a participant's pods.
const (
	// KindDeployment keeps one pod running.
	KindDeployment = "Deployment"
	// KindCronJob is always suspended, and holds the template of a pod that commands run
	// when they need it.
	KindCronJob = "CronJob"
)

// Workload is one object of a participant that runs pods.
type Workload struct {
	// Kind is KindDeployment or KindCronJob, Name the object's name.
	Kind, Name string
	// Component tells the workloads of one participant apart; it is empty for the first
	// one, which has the same name as the participant's other objects.
	Component string
	// Role is the participant's.
	Role kit.Role
}

// OnDemand says whether pods of the workload exist only while a command needs them.
func (w Workload) OnDemand() bool { return w.Kind == KindCronJob }
