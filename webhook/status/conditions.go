package status

import (
	"fmt"
	"strings"
	"time"

	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// observed is what is known about one policy.
type observed struct {
	policy     *policies.Policy
	namespaces []string
	kits       inUse
	now        time.Time
}

func (o *observed) apply(s *v1alpha1.SitePolicyStatus, generation int64) {
	s.ObservedGeneration = generation
	s.GovernedNamespaces = v1alpha1.GovernedNamespaces{Count: int64(len(o.namespaces)), Names: first(o.namespaces)}
	s.ExpiringKits = o.kits.expiring(o.now)
	for _, c := range []metav1.Condition{o.accepted(), o.enforced(), o.degraded(&s.ExpiringKits)} {
		c.ObservedGeneration, c.LastTransitionTime = generation, metav1.NewTime(o.now.UTC().Truncate(time.Second))
		meta.SetStatusCondition(&s.Conditions, c)
	}
}

func first[T any](all []T) []T { return all[:min(len(all), v1alpha1.MaxListed)] }

func condition(kind string, value bool, reason, format string, args ...any) metav1.Condition {
	c := metav1.Condition{Type: kind, Status: metav1.ConditionFalse, Reason: reason, Message: fmt.Sprintf(format, args...)}
	if value {
		c.Status = metav1.ConditionTrue
	}
	return c
}

// longest is how long a message may be.
const longest = 1000

func (o *observed) accepted() metav1.Condition {
	if o.policy.Valid() {
		return condition(v1alpha1.ConditionAccepted, true, "Valid", "the policy is valid")
	}
	message := o.policy.Errors().ToAggregate().Error()
	if len(message) > longest {
		message = strings.ToValidUTF8(message[:longest], "") + "…"
	}
	return condition(v1alpha1.ConditionAccepted, false, "Invalid", "%s", message)
}

func (o *observed) enforced() metav1.Condition {
	no := func(reason, format string, args ...any) metav1.Condition {
		return condition(v1alpha1.ConditionEnforced, false, reason, format, args...)
	}
	switch {
	case !o.policy.Valid():
		return no("Invalid", "every pod is denied in the namespaces of a policy that is not valid")
	case o.policy.Source().Spec.Enforcement != v1alpha1.Enforce:
		return no("NotEnforcing", "spec.enforcement is %s: what violates the policy is allowed", o.policy.Source().Spec.Enforcement)
	case len(o.namespaces) == 0:
		return no("NoNamespace", "no namespace has the label %s=%s", names.LabelSitePolicy, o.policy.Name())
	}
	return condition(v1alpha1.ConditionEnforced, true, "Enforcing", "what violates the policy is denied")
}

// degraded has the reason that matters most, and all of them in its message.
func (o *observed) degraded(kits *v1alpha1.ExpiringKits) metav1.Condition {
	var reasons, messages []string
	because := func(reason, format string, args ...any) {
		reasons, messages = append(reasons, reason), append(messages, fmt.Sprintf(format, args...))
	}
	if opened, open := o.policy.BreakGlass(o.now); open {
		because("BreakGlass", "break-glass is open until %s: %s", opened.Until.UTC().Format(time.RFC3339), opened.Reason)
	}
	if n := len(o.kits.unreadable); n > 0 {
		because("NoAccess", "the webhook has no access to %d namespaces, such as %s: run `kubectl flare site add` for them", n, o.kits.unreadable[0])
	}
	if kits.Count > 0 {
		k := kits.Items[0]
		because("KitsExpire", "%d kits expire, first that of %s in namespace %s on %s: ask the project lead for new ones",
			kits.Count, k.Participant, k.Namespace, k.NotAfter.UTC().Format(time.DateOnly))
	}
	if o.kits.partial {
		because("TooManyPods", "not all pods were looked at")
	}
	if len(reasons) == 0 {
		return condition(v1alpha1.ConditionDegraded, false, "AsExpected", "nothing needs to be done")
	}
	return condition(v1alpha1.ConditionDegraded, true, reasons[0], "%s", strings.Join(messages, "; "))
}
