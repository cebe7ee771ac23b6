// Package workloads holds what every federated-learning system's Kubernetes
// objects have in common: how a participant is described, how its objects are
// labelled and hardened, and how a startup kit becomes a Secret and a ConfigMap.
//
// One package per system lies below it. Everything here is pure: no cluster, no
// clock, no file system.
package workloads

import (
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Object is a typed Kubernetes object that carries its own apiVersion and kind.
type Object interface {
	runtime.Object
	metav1.Object
}

// Participant says where and with what one participant of a federation runs.
// Who it is, its startup kit says.
type Participant struct {
	// Namespace is where all of its objects go.
	Namespace string
	// ServerNamespace is where the FL server runs in the same cluster. It is
	// used by clients and admins whose kit dials a bare Service name.
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
	// Objects are in the order in which they are to be written.
	Objects []Object
	// Notes tell a person what the objects alone cannot bring about, such as a
	// DNS record outside the cluster.
	Notes []string
}
