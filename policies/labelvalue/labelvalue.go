// Package labelvalue maps names of participants and federations to values of labels.
// NetworkPolicies and Services select the pods of a participant by them.
package labelvalue

import (
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Of is the name if it is a valid label value, and otherwise the object name for it.
func Of(name string) string {
	if len(validation.IsValidLabelValue(name)) == 0 {
		return name
	}
	return kit.ObjectName(name)
}
