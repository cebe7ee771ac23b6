package policy

import (
	"fmt"
	"slices"
	"strings"

	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/labels"

	"github.com/kubectl-flare/kubectl-flare/policies"
)

// ExplainEntry is one registered webhook.
type ExplainEntry struct {
	Webhook string `json:"webhook"`
	// Requests are the requests for such an object that it is registered for.
	Requests []string `json:"requests"`
	// Sees says whether the API server would call it, and Why says why or why not.
	Sees bool   `json:"sees"`
	Why  string `json:"why"`
	// FailurePolicy says what happens if it does not answer.
	FailurePolicy string `json:"failurePolicy"`
}

// hook is a webhook of either kind.
type hook struct {
	name                              string
	namespaceSelector, objectSelector *metav1.LabelSelector
	rules                             []admissionregistrationv1.RuleWithOperations
	failurePolicy                     *admissionregistrationv1.FailurePolicyType
	conditions                        []admissionregistrationv1.MatchCondition
}

func mutatingHooks(c *admissionregistrationv1.MutatingWebhookConfiguration) []hook {
	hooks := make([]hook, 0, len(c.Webhooks))
	for _, w := range c.Webhooks {
		hooks = append(hooks, hook{w.Name, w.NamespaceSelector, w.ObjectSelector, w.Rules, w.FailurePolicy, w.MatchConditions})
	}
	return hooks
}

func validatingHooks(c *admissionregistrationv1.ValidatingWebhookConfiguration) []hook {
	hooks := make([]hook, 0, len(c.Webhooks))
	for _, w := range c.Webhooks {
		hooks = append(hooks, hook{w.Name, w.NamespaceSelector, w.ObjectSelector, w.Rules, w.FailurePolicy, w.MatchConditions})
	}
	return hooks
}

// seen says which webhooks the API server would call for the object, and on which
// requests. A nil set of labels means that the namespace is unknown.
func seen(hooks []hook, a policies.Review, namespace labels.Set) []ExplainEntry {
	var entries []ExplainEntry
	for _, h := range hooks {
		e := ExplainEntry{Webhook: h.name, FailurePolicy: string(admissionregistrationv1.Fail)}
		if h.failurePolicy != nil {
			e.FailurePolicy = string(*h.failurePolicy)
		}
		for _, r := range requestsAbout(a) {
			if slices.ContainsFunc(h.rules, r.matches) {
				e.Requests = append(e.Requests, r.String())
			}
		}
		if len(e.Requests) == 0 {
			continue
		}
		e.Sees, e.Why = h.selects(namespace)
		entries = append(entries, e)
	}
	return entries
}

func (h *hook) selects(namespace labels.Set) (bool, string) {
	if namespace == nil {
		return false, "the namespace's labels are unknown"
	}
	selector, err := metav1.LabelSelectorAsSelector(h.namespaceSelector)
	if err != nil {
		return false, "its namespaceSelector cannot be read: " + err.Error()
	}
	form := metav1.FormatLabelSelector(h.namespaceSelector)
	if !selector.Matches(namespace) {
		return false, "namespaceSelector " + form + " does not match the namespace"
	}
	var why strings.Builder
	why.WriteString("namespaceSelector " + form + " matches the namespace")
	if h.objectSelector != nil && len(h.objectSelector.MatchLabels)+len(h.objectSelector.MatchExpressions) > 0 {
		why.WriteString("; its objectSelector was not evaluated")
	}
	for _, c := range h.conditions {
		why.WriteString("; if its condition " + c.Name + " is met")
	}
	return true, why.String()
}

// aboutRequest is an operation on a resource.
type aboutRequest struct {
	operation       admissionregistrationv1.OperationType
	group, resource string
}

// String is for people: UPDATE pods/resize.
func (r aboutRequest) String() string { return fmt.Sprintf("%s %s", r.operation, r.resource) }

func (r aboutRequest) matches(rule admissionregistrationv1.RuleWithOperations) bool {
	is := func(list []string, want string) bool {
		return slices.Contains(list, "*") || slices.Contains(list, want)
	}
	if !is(rule.APIGroups, r.group) {
		return false
	}
	operation := func(o admissionregistrationv1.OperationType) bool { return o == r.operation || o == "*" }
	if !slices.ContainsFunc(rule.Operations, operation) {
		return false
	}
	base, sub, below := strings.Cut(r.resource, "/")
	return slices.ContainsFunc(rule.Resources, func(form string) bool {
		return form == r.resource || form == "*/*" || !below && form == "*" || below && (form == base+"/*" || form == "*/"+sub)
	})
}

// requestsAbout are the requests that can create, change or use the object.
func requestsAbout(a policies.Review) []aboutRequest {
	group, resource := a.Resource.Group, a.Resource.Resource
	requests := []aboutRequest{{admissionregistrationv1.Create, group, resource}, {admissionregistrationv1.Update, group, resource}}
	if resource != "pods" {
		return requests
	}
	for _, sub := range []string{"ephemeralcontainers", "resize"} {
		requests = append(requests, aboutRequest{admissionregistrationv1.Update, group, "pods/" + sub})
	}
	requests = append(requests, aboutRequest{admissionregistrationv1.Create, group, "pods/binding"})
	for _, sub := range []string{"exec", "attach", "portforward", "proxy"} {
		requests = append(requests, aboutRequest{admissionregistrationv1.Connect, group, "pods/" + sub})
	}
	return requests
}
