package checks

import (
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Request is what the checks of a pod need to know about the request.
type Request struct {
	Namespace, User string
	// Create says that the pod is new. For an existing pod, the dates and the
	// revocation of its kit do not matter, so that it may finish.
	Create bool
	// Starts says that the last scheduling gate of a pod is removed. Its kit may have
	// been revoked in the meantime.
	Starts bool
	// Template says that the pod is that of a template: its pods have no names yet and
	// will be evaluated again.
	Template bool
	// Unknown are the paths of fields of the pod's spec that the types of this version do
	// not have, and that the object did not have before the request.
	Unknown []string
	// OldAnnotations are the annotations before the update, which are not evaluated again.
	OldAnnotations map[string]string
	// Prefix is the path of the pod in the object: empty, or spec.template.
	Prefix string
	// Old is the pod before an update. It is nil for a template.
	Old *corev1.Pod
	// Attributes are for the site's own rules. They may be nil if there are none.
	Attributes *Attributes
}

// Attributes are those of the request itself.
type Attributes struct {
	Operation, Subresource, Name string
	Resource                     schema.GroupResource
	User                         authenticationv1.UserInfo
	DryRun                       bool
}
