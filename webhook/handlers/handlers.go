// Package handlers turns admission requests into questions to package policies,
// and its verdicts into answers: one small file for each kind of request. They
// look up what a verdict rests on and decide nothing themselves. A look-up that
// fails becomes a fact that is missing, and package policies refuses that.
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
// is none that can be relied on; name is what the namespace's label says. A
// policy that it gives has been validated and does not change.
type Policies interface {
	For(namespace string) (policy *v1alpha1.SitePolicy, name string)
}

// Kits reads and verifies what pods refer to.
type Kits interface {
	Kit(ctx context.Context, namespace, secret string, policy *v1alpha1.SitePolicy) policies.KitFact
	Local(ctx context.Context, namespace, configMap string) policies.LocalFact
	// OfSecret judges the kit in a Secret, be it stored or not.
	OfSecret(secret *corev1.Secret, policy *v1alpha1.SitePolicy) policies.KitFact
}

// Access asks the API server whether a user has a verb on a SitePolicy.
type Access interface {
	Allowed(ctx context.Context, user authenticationv1.UserInfo, verb, policy string) (bool, error)
}

// Observer counts verdicts.
type Observer interface {
	Decided(handler string, operation policies.Operation, policy, verdict string)
}

// World is what handlers know besides the request.
type World struct {
	Policies Policies
	Kits     Kits
	Access   Access
	// Reader asks the API server itself, not a cache.
	Reader   client.Reader
	Observer Observer
	Clock    clock.PassiveClock
	// KitImage is the image of flare-kit by digest, Binders are users besides the
	// scheduler who may bind pods.
	KitImage string
	Binders  []string
}

// The names of handlers, in metrics.
const (
	nameMutate       = "mutate"
	namePods         = "pods"
	nameBindings     = "bindings"
	nameConnect      = "connect"
	nameTemplates    = "templates"
	nameObjects      = "objects"
	nameCopies       = "copies"
	nameSitePolicies = "sitepolicies"
)

// lookUp is how long the look-ups of one request may take together: less than
// the API server waits, so that whoever is refused reads why.
const lookUp = 3 * time.Second

// gather fills in what the verdict on one kind of request rests on.
type gather func(context.Context, *World, *question) error

// question is a request on its way to a verdict.
type question struct {
	attributes policies.Attributes
	policy     *v1alpha1.SitePolicy
	facts      policies.Facts
}

// validator judges one kind of request.
type validator struct {
	name   string
	world  *World
	gather gather
}

// Handle implements admission.Handler.
func (v *validator) Handle(ctx context.Context, request admission.Request) admission.Response {
	q, refusal := v.world.ask(request)
	if refusal != nil {
		return v.world.undecided(v.name, request, refusal)
	}
	ctx, cancel := context.WithTimeout(ctx, lookUp)
	defer cancel()
	if q.policy != nil && v.gather != nil {
		if err := v.gather(ctx, v.world, q); err != nil {
			return v.world.undecided(v.name, request, err)
		}
	}
	decision := policies.Evaluate(q.attributes, q.policy, q.facts)
	if !decision.Allowed && v.world.breakGlass(ctx, q) {
		decision = policies.Evaluate(q.attributes, q.policy, q.facts)
	}
	v.world.decided(v.name, request, decision)
	return answer(decision)
}

// ask decodes a request and finds the policy for it.
func (w *World) ask(request admission.Request) (*question, error) {
	attributes, err := attributesOf(&request)
	if err != nil {
		return nil, err
	}
	q := &question{attributes: attributes}
	q.policy, q.facts.PolicyName = w.Policies.For(request.Namespace)
	q.facts.Validated = q.policy
	q.facts.Now = w.Clock.Now()
	q.facts.KitImage, q.facts.Binders = w.KitImage, w.Binders
	return q, nil
}
