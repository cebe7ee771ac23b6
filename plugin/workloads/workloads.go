// Package workloads turns participants of federations into Kubernetes objects, and
// says how one sees that they have joined and what one does with their jobs.
//
// Every framework has a package of its own below this one, which implements
// Workloads and those of the capabilities Joiner and Jobs that the framework has.
// A Registry holds the frameworks that a program knows. What their objects have in
// common, such as labels, hardened pods and how a kit becomes a Secret, is here.
//
// Building objects is pure: no cluster, no clock, no file system.
package workloads

import (
	"slices"

	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Object is a typed Kubernetes object that carries its own apiVersion and kind. It
// has the methods of controller-runtime's client.Object. That package is not used
// for it because it would register metrics in every command: the plugin would grow
// by 0.6 MB and start 2 ms later.
type Object interface {
	runtime.Object
	metav1.Object
}

// Workloads is one framework in Kubernetes.
type Workloads interface {
	// Framework is the name in labels, an RFC 1123 label.
	Framework() string
	// Describe says what help texts and messages say of the framework.
	Describe() Description
	// Objects makes the objects of one participant. It is an error if the
	// framework has no such role, or if the kit does not fit in Kubernetes.
	Objects(Participant, acceptance.Verified) (*Set, error)
}

// Description is what help texts and messages say of a framework.
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
	// Ports are the TCP ports that a server of the framework listens on unless
	// its kit says otherwise, in ascending order. Network rules open them.
	Ports []int
}

// Participant says where and with what one participant of a federation runs.
// Who it is, its kit says.
type Participant struct {
	// Namespace is where all of its objects go.
	Namespace string
	// ServerNamespace is where the FL server runs in the same cluster. It is
	// used by participants whose kit dials a bare Service name.
	ServerNamespace string
	// Image has the federated-learning system in it.
	Image string
	// KitImage is flare-kit's, by digest, for a kit that lies on a volume.
	KitImage string
	// ImagePullSecrets name Secrets of the namespace that may pull the image.
	ImagePullSecrets []string
	// Resources are the requests and limits of the container.
	Resources Resources
	// StorageSize is what the workspace asks for.
	StorageSize resource.Quantity
	// StorageClass is the workspace's; empty means the cluster's default.
	StorageClass string
}

// Set is what a framework makes of a participant and its kit.
type Set struct {
	// Stages are written one after the other. The objects of a stage need none of
	// the same stage, so they may be written at once.
	Stages [][]Object
	// Workloads are those of the objects that run pods.
	Workloads []Workload
	// Notes tell a person what the objects alone cannot bring about, such as a
	// DNS record outside the cluster.
	Notes []string
}

// Objects are those of all stages, in the order in which they are written.
func (s *Set) Objects() []Object { return slices.Concat(s.Stages...) }

// The kinds of objects that run a participant's pods.
const (
	// KindDeployment keeps one pod running.
	KindDeployment = "Deployment"
	// KindCronJob is suspended for good and holds how a pod looks that a command
	// runs when it needs one.
	KindCronJob = "CronJob"
)

// Workload is one object of a participant that runs pods.
type Workload struct {
	// Kind is KindDeployment or KindCronJob, Name the object's name.
	Kind, Name string
	// Component tells the workloads of one participant apart; empty for the first
	// one, which has the name of the participant's other objects.
	Component string
	// Role is the participant's.
	Role kit.Role
}

// OnDemand says that pods of the workload exist only while a command needs them.
func (w Workload) OnDemand() bool { return w.Kind == KindCronJob }
