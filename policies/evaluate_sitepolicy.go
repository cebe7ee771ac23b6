package policies

import (
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// EvaluateSitePolicy decides on a SitePolicy that is created or updated. No other
// policy governs it, and an invalid one is denied in every enforcement mode. Of the facts,
// Now, BreakGlass and Govern matter; the last two say which verbs the user has.
func (c *Catalog) EvaluateSitePolicy(r Review, f Facts) Decision {
	var results []checks.Result
	if r.Operation != Delete {
		if policy, ok := r.Object.(*v1alpha1.SitePolicy); ok && policy != nil {
			_, errs := Compile(policy, c)
			results = append(invalid(errs), rights(&r, &f)...)
		} else {
			results = unknown(&r)
		}
	}
	if len(results) > 0 {
		return denied(r.Name, results)
	}
	return allowed(r.Name)
}

func allowed(policy string) Decision {
	d := Decision{Policy: policy, Allowed: true}
	d.annotate(verdictAllowed)
	return d
}

// denied denies in every enforcement mode.
func denied(policy string, results []checks.Result) Decision {
	d := Decision{Policy: policy, Results: results}
	d.annotate(verdictDenied)
	return d
}

func invalid(errs field.ErrorList) []checks.Result {
	results := make([]checks.Result, 0, len(errs))
	for _, err := range errs {
		results = append(results, checks.Result{ID: IDPolicy, Field: err.Field, Reason: string(err.Type), Detail: err.ErrorBody(), Fix: "correct the SitePolicy"})
	}
	return results
}
