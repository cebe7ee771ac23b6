package policies

import (
	"fmt"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// judge finds what is wrong with a request. A resource that no rule is for is
// refused: it was sent here by somebody who counted on a verdict.
func judge(a Attributes, _ *v1alpha1.SitePolicy, _ *Facts) []checks.Result {
	return []checks.Result{{
		ID: IDRequest, Reason: "not a resource that a site policy judges",
		Detail: fmt.Sprintf("%s %s/%s", a.Operation, a.Resource, a.Subresource),
	}}
}
