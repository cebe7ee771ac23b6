package policies

import (
	authenticationv1 "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
)

// Operation is the operation of a request.
type Operation string

// The operations, as the API server names them.
const (
	Create  Operation = "CREATE"
	Update  Operation = "UPDATE"
	Delete  Operation = "DELETE"
	Connect Operation = "CONNECT"
)

// Review is one decoded request, independent of the transport. The webhook makes it
// of an AdmissionReview, `policy check` of a manifest.
type Review struct {
	Operation Operation
	// Resource and Subresource are the target of the request: pods,
	// deployments.apps; exec, ephemeralcontainers, resize.
	Resource    schema.GroupResource
	Subresource string
	Namespace   string
	// Name may be empty on CREATE with generateName.
	Name string
	User authenticationv1.UserInfo

	// Object and OldObject are typed: *corev1.Pod, *appsv1.Deployment,
	// *corev1.Binding, *corev1.PodExecOptions and so on, of the API versions that
	// Extract knows. OldObject is set for UPDATE and DELETE.
	Object    runtime.Object
	OldObject runtime.Object

	// Unknown are the paths of fields of Object that its type does not have, since a
	// later version of Kubernetes added them. OldUnknown are those of OldObject.
	Unknown, OldUnknown []string

	// Template says that Object is a *corev1.Pod that was made of a template, and
	// Path is the path of that template, such as spec.template. They are not needed
	// if Object is the workload itself, since Evaluate extracts the template. Path is
	// nil for pods.
	Template bool
	Path     *field.Path

	DryRun bool
}

// The facts are a package of their own, which checks and mutation use too; callers
// need not import it.
type (
	// Facts are what a verdict is based on besides the object and the policy.
	Facts = facts.Facts
	// KitFact is what was verified about the kit in one Secret.
	KitFact = facts.KitFact
	// LocalFact is what was read about one ConfigMap with local/.
	LocalFact = facts.LocalFact
	// LauncherFact is what was read about the pod that a launcher's token is bound to.
	LauncherFact = facts.LauncherFact
	// ClaimFact is what was read about one PersistentVolumeClaim.
	ClaimFact = facts.ClaimFact
	// SecretFact is what was read about one Secret that is no kit.
	SecretFact = facts.SecretFact
)
