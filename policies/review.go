package policies

import (
	authenticationv1 "k8s.io/api/authentication/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
)

// Operation is what a request does.
type Operation string

// The operations, named as the API server names them.
const (
	Create  Operation = "CREATE"
	Update  Operation = "UPDATE"
	Delete  Operation = "DELETE"
	Connect Operation = "CONNECT"
)

// Review is one request, decoded once and free of any transport. The webhook
// fills it from an AdmissionReview, `policy check` from a manifest.
type Review struct {
	Operation Operation
	// Resource and Subresource say what is asked for: pods, deployments.apps;
	// exec, ephemeralcontainers, resize.
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

	// Template says that Object is a *corev1.Pod made of somebody else's
	// template, and Path is where that template's pod stands: spec.template. They
	// need no filling when Object is the workload itself: Evaluate takes the
	// template out. Path is nil for pods.
	Template bool
	Path     *field.Path

	DryRun bool
}

// The facts are a package of their own, which checks and mutation use too; callers
// need not import it.
type (
	// Facts are what a verdict rests on besides the object and the policy.
	Facts = facts.Facts
	// KitFact is what was verified of the kit in one Secret.
	KitFact = facts.KitFact
	// LocalFact is what was read of one ConfigMap with local/.
	LocalFact = facts.LocalFact
	// ClaimFact is what was read of one PersistentVolumeClaim.
	ClaimFact = facts.ClaimFact
)
