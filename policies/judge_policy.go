package policies

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// judgePolicy judges a SitePolicy that is being written. Only the status, which
// it does not have, and what validation finds matter; it binds itself to nobody.
func judgePolicy(a *Attributes) []checks.Result {
	policy, ok := a.Object.(*v1alpha1.SitePolicy)
	if !ok || policy == nil {
		return unknown(a)
	}
	return invalid(v1alpha1.Validate(policy))
}

// EvaluateSitePolicy is the verdict on a SitePolicy that is being written, which
// no other policy governs and no enforcement mode softens.
func EvaluateSitePolicy(a Attributes) Decision {
	d := Decision{Policy: a.Name}
	if a.Operation != Delete {
		d.Results = judgePolicy(&a)
	}
	d.Allowed = len(d.Results) == 0
	verdict := verdictAllowed
	if !d.Allowed {
		verdict = verdictDenied
	}
	d.annotate(verdict)
	return d
}

func invalid(errs field.ErrorList) []checks.Result {
	results := make([]checks.Result, 0, len(errs))
	for _, err := range errs {
		results = append(results, checks.Result{ID: IDPolicy, Field: err.Field, Reason: string(err.Type), Detail: err.ErrorBody(), Fix: "correct the SitePolicy"})
	}
	return results
}
