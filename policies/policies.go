// Package policies decides what must be true in a governed namespace. It is
// pure: no cluster, no clock of its own, no file system. Evaluate is the only
// place where a verdict is made, for the webhook and for the command line alike.
package policies

import (
	"fmt"

	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// The IDs of results that no check gives.
const (
	// IDPolicy is given where there is no policy, or none that can be relied on.
	IDPolicy = "policy"
	// IDRequest is given where the request is not one that a policy can judge.
	IDRequest = "request"
)

// Evaluate is the verdict on one request. A nil policy means that the one that
// the namespace names does not exist or is not loaded: everything is refused.
func Evaluate(a Attributes, policy *v1alpha1.SitePolicy, f Facts) Decision {
	if policy == nil {
		return noPolicy(a, f)
	}
	if policy != f.Validated {
		if errs := v1alpha1.Validate(policy); len(errs) > 0 {
			return badPolicy(policy, errs)
		}
		policy = policy.DeepCopy()
		v1alpha1.SetDefaults(policy)
	}
	d := decide(policy, judge(&a, policy, &f))
	if f.BreakGlass && d.Allowed {
		d.AuditAnnotations[AuditBreakGlass] = a.User.Username + " " + a.Subresource + " " + a.Namespace + "/" + a.Name
	}
	return d
}

// badPolicy refuses whatever the enforcement mode: nobody can know what a policy
// means that does not hold together.
func badPolicy(policy *v1alpha1.SitePolicy, errs field.ErrorList) Decision {
	d := Decision{Policy: policy.Name, Results: invalid(errs)}
	d.annotate(verdictDenied)
	return d
}

// noPolicy refuses with a hint: no policy is the state of a namespace that was
// labelled before its policy was written, and of a webhook that just started.
func noPolicy(a Attributes, f Facts) Decision {
	d := Decision{Policy: f.PolicyName, Results: []checks.Result{{
		ID:     IDPolicy,
		Reason: "the policy does not exist or is not loaded yet",
		Detail: fmt.Sprintf("namespace %q is governed by it (label %s=%s)", a.Namespace, names.LabelSitePolicy, f.PolicyName),
		Fix:    fmt.Sprintf("ask a cluster admin to create it (kubectl flare site add %s --policy FILE), or to correct the label", a.Namespace),
	}}}
	d.annotate(verdictDenied)
	return d
}
