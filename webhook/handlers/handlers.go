// Package handlers turns admission requests into reviews for package policies,
// and its decisions into responses: one small file for each kind of request. They
// look up what a verdict rests on and decide nothing themselves. A look-up that
// fails becomes a fact that is missing, and package policies denies that.
package handlers

import (
	"context"
	"time"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Policies says which policy governs a namespace. The policy is nil where there
// is none; name is what the namespace's label says.
type Policies interface {
	For(namespace string) (policy *policies.Policy, name string)
	// Terminating says whether the namespace is being deleted.
	Terminating(namespace string) bool
}

// Kits reads and verifies what pods refer to.
type Kits interface {
	Kit(ctx context.Context, namespace, secret string, policy *v1alpha1.SitePolicy) *policies.KitFact
	Local(ctx context.Context, namespace, configMap string, policy *v1alpha1.SitePolicy) policies.LocalFact
	// Claim says to which volume a claim is bound.
	Claim(ctx context.Context, namespace, claim string) policies.ClaimFact
	// Secret looks for key material of the policy's roots in a Secret that is no kit.
	Secret(ctx context.Context, namespace, secret string, policy *v1alpha1.SitePolicy) policies.SecretFact
	// OfSecret and OfConfigMap evaluate the kit in a Secret and the local/ in a ConfigMap,
	// be they stored or not.
	OfSecret(secret *corev1.Secret, policy *v1alpha1.SitePolicy) *policies.KitFact
	OfConfigMap(m *corev1.ConfigMap, policy *v1alpha1.SitePolicy) policies.LocalFact
}

// Access asks the API server whether a user has a verb on a SitePolicy.
type Access interface {
	Allowed(ctx context.Context, user authenticationv1.UserInfo, verb, policy string) (bool, error)
}

// Observer counts verdicts.
type Observer interface {
	Decided(handler string, operation policies.Operation, policy, verdict string)
	// Violated is called once for each check that fails, whatever the verdict. framework is
	// that of the request's kit, "" if there is none or if it is not accepted.
	Violated(handler, policy, check, framework string)
	// Denied is called for each denial.
	Denied(Denial)
	// BreakGlass is called for each request that break-glass allowed.
	BreakGlass(BreakGlassUse)
	// Log is for what an operator must see. It never holds content of a request.
	Log(handler, message string)
}

// Denial is one request that was denied. Message is its first line.
type Denial struct {
	Handler, Policy, User                             string
	Operation, Namespace, Resource, Name, Subresource string
	Message                                           string
}

// Inputs is what handlers know besides the request.
type Inputs struct {
	// Catalog is what SitePolicies that are being written are compiled with.
	Catalog  *policies.Catalog
	Policies Policies
	Kits     Kits
	Access   Access
	// Reader asks the API server itself, not a cache.
	Reader   client.Reader
	Observer Observer
	// Events may be nil: then no Events are made.
	Events Recorder
	Clock  clock.PassiveClock
	// KitImage is the image of flare-kit by digest, Binders are users besides the
	// scheduler who may bind pods.
	KitImage string
	Binders  []string
}

// The names of handlers, in metrics.
const (
	nameMutate        = "mutate"
	nameMutateSecrets = "mutate-secrets"
	namePods          = "pods"
	nameBindings      = "bindings"
	nameConnect       = "connect"
	nameTemplates     = "templates"
	nameObjects       = "objects"
	nameClaims        = "claims"
	nameNetworks      = "networks"
	nameCopies        = "copies"
	nameSitePolicies  = "sitepolicies"
)

// lookUp is how long the look-ups of one request may take together: less than
// the API server waits, so that the user who is denied reads why.
const lookUp = 3 * time.Second

// gather fills in what the verdict on one kind of request rests on.
type gather func(context.Context, *Inputs, *evaluation) error

// evaluation is a request on its way to a verdict.
type evaluation struct {
	review policies.Review
	policy *policies.Policy
	facts  policies.Facts
	// lookUps is how many look-ups were made.
	lookUps int
}

// validator evaluates one kind of request.
type validator struct {
	name   string
	inputs *Inputs
	gather gather
}

// Handle implements admission.Handler.
func (v *validator) Handle(ctx context.Context, request admission.Request) admission.Response {
	e, refusal := v.inputs.begin(request)
	if refusal != nil {
		return v.inputs.undecided(v.name, request, refusal)
	}
	ctx, cancel := context.WithTimeout(ctx, lookUp)
	defer cancel()
	if e.policy.Valid() && v.gather != nil {
		if err := v.gather(ctx, v.inputs, e); err != nil {
			return v.inputs.undecided(v.name, request, err)
		}
	}
	decision := e.policy.Evaluate(e.review, e.facts)
	if !decision.Allowed && v.inputs.govern(ctx, e, decision) {
		decision = e.policy.Evaluate(e.review, e.facts)
	}
	if !decision.Allowed && v.inputs.breakGlass(ctx, e) {
		decision = e.policy.Evaluate(e.review, e.facts)
	}
	if decision.AuditAnnotations[policies.AuditBreakGlass] != "" {
		v.inputs.used(ctx, e)
	}
	v.inputs.decided(v.name, request, decision)
	v.inputs.violated(v.name, decision.Policy, e.framework(), decision)
	return answer(decision)
}

// begin decodes a request and finds the policy for it.
func (in *Inputs) begin(request admission.Request) (*evaluation, error) {
	decoded, err := reviewOf(&request)
	if err != nil {
		return nil, err
	}
	e := &evaluation{review: decoded}
	e.policy, e.facts.PolicyName = in.Policies.For(request.Namespace)
	e.facts.Now = in.Clock.Now()
	e.facts.KitImage, e.facts.Binders = in.KitImage, in.Binders
	e.facts.Terminating = decoded.Operation == policies.Delete && in.Policies.Terminating(request.Namespace)
	return e, nil
}
