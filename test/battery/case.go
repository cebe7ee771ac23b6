package battery

import (
	"encoding/json"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// The verdicts that a case can expect.
const (
	Allowed = "allowed"
	Denied  = "denied"
	Warned  = "warned"
	Audited = "audited"
)

// Case is one request, the namespace that it comes to, and what must come of it.
type Case struct {
	Name string
	// Source is the file that it is in, Lesson where it was learned.
	Source, Lesson string
	// Review is the request. Its objects are as a client sends them: a endpoint
	// mutates where the API server would.
	Review policies.Review
	// Later and OldLater are JSON patches of the two objects: fields of a later
	// Kubernetes, which their types do not have.
	Later, OldLater json.RawMessage
	// Snapshot is what exists in the namespace.
	Snapshot Snapshot
	// Elsewhere says why the API server itself rejects the request, or does not
	// put it to anybody: such a case does not come to the third endpoint.
	Elsewhere string
	// Unmutated says that mutation is not called, as while the webhook is away: it fails
	// open.
	Unmutated bool
	// Static says why a static policy denies what the evaluator allows.
	Static string
	Want   Want
}

// Snapshot is a governed namespace.
type Snapshot struct {
	Namespace string
	// PolicyName is what the namespace's label says, Policy is nil where there is
	// no such policy.
	PolicyName string
	Policy     *v1alpha1.SitePolicy
	// Site is the Policy, compiled.
	Site       *policies.Policy
	Secrets    []*corev1.Secret
	ConfigMaps []*corev1.ConfigMap
	Claims     []*corev1.PersistentVolumeClaim
	Pods       []*corev1.Pod
	Services   []*corev1.Service
	// BreakGlass says that the user has the verb breakglass on the policy.
	BreakGlass bool
	// Govern says that the user has the verb govern on the policy.
	Govern bool
	// Terminating says that the namespace is being deleted.
	Terminating bool

	// looked are the facts of kits and of local/, which are the same at every look.
	looked *looked
}

// invalid says that the policy is there and cannot be used.
func (snap *Snapshot) invalid() bool { return snap.Policy != nil && !snap.Site.Valid() }

// compile does with the policy what the policy cache does.
func (snap *Snapshot) compile(catalog *policies.Catalog) *policies.Policy {
	if snap.Policy == nil {
		return nil
	}
	site, errs := policies.Compile(snap.Policy, catalog)
	if len(errs) > 0 {
		return policies.Invalid(snap.Policy.Name, errs)
	}
	return site
}

// Want is what must come of a request.
type Want struct {
	Verdict string `json:"verdict"`
	// Messages are regular expressions, each of which a message must match.
	Messages []string `json:"messages,omitempty"`
}

// document is a case as it is written in a file.
type document struct {
	Name   string `json:"name"`
	Lesson string `json:"lesson,omitempty"`

	// Policy is a file of testdata/policies; "none" is a label without a policy.
	Policy string `json:"policy,omitempty"`
	// Kits are those of testdata/kits.yaml that the namespace has.
	Kits []string `json:"kits"`
	// Claims are the volumes that claims of the namespace are bound to.
	Claims map[string]string `json:"claims,omitempty"`
	// Pods and Services stand in the namespace already.
	Pods     []ref `json:"pods,omitempty"`
	Services []ref `json:"services,omitempty"`
	// Secrets are others than kits.
	Secrets    []ref `json:"secrets,omitempty"`
	BreakGlass bool  `json:"breakGlass,omitempty"`
	Govern     bool  `json:"govern,omitempty"`
	// Terminating says that the namespace is being deleted.
	Terminating bool `json:"terminating,omitempty"`

	Operation   string `json:"operation,omitempty"`
	Resource    string `json:"resource,omitempty"`
	Subresource string `json:"subresource,omitempty"`
	User        string `json:"user,omitempty"`
	// TokenOf is the pod of Pods that the user's token is bound to.
	TokenOf string `json:"tokenOf,omitempty"`
	// ObjectName is the name in a request whose object has none of its own.
	ObjectName string `json:"objectName,omitempty"`
	Object     *ref   `json:"object,omitempty"`
	OldObject  *ref   `json:"oldObject,omitempty"`

	Elsewhere string `json:"elsewhere,omitempty"`
	Static    string `json:"static,omitempty"`
	Unmutated bool   `json:"unmutated,omitempty"`
	Want      Want   `json:"want"`
}

// ref is an object: a whole one, or a known one with a JSON patch.
type ref struct {
	// From is a file of testdata/objects, or one that is made: launch/KIT, pod/KIT,
	// apart/KIT (the pod of a participant whose jobs run in another container),
	// receiver/KIT, secret/KIT, local/KIT.
	From  string          `json:"from,omitempty"`
	Patch json.RawMessage `json:"patch,omitempty"`
	// Admitted says that the object has passed mutation, as one that is stored
	// has.
	Admitted bool `json:"admitted,omitempty"`
	// Later adds fields of a later Kubernetes: a JSON patch.
	Later json.RawMessage `json:"later,omitempty"`
	// Is is the object itself.
	Is json.RawMessage `json:"is,omitempty"`
}

// typed is an object of a kind that the endpoints know.
type typed = runtime.Object
