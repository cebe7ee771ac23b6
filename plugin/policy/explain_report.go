package policy

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// ExplainReport is what `policy explain -o json` prints.
type ExplainReport struct {
	metav1.TypeMeta `json:",inline"`

	Items []ExplainItem `json:"items"`
}

// ExplainItem explains one pod or workload.
type ExplainItem struct {
	Kind      string `json:"kind"`
	Namespace string `json:"namespace"`
	Name      string `json:"name"`
	// Verdict is allowed, denied, warned, audited, unknown or not evaluated.
	Verdict string        `json:"verdict"`
	Reason  string        `json:"reason,omitempty"`
	Policy  ExplainPolicy `json:"policy"`
	// Entries are the registered webhooks that concern such an object; EntriesFrom
	// says where the registration was read.
	Entries     []ExplainEntry `json:"entries,omitempty"`
	EntriesFrom string         `json:"entriesFrom,omitempty"`
	// Role is the role of the pod in its federation, by its kit.
	Role string `json:"role,omitempty"`
	// Matched are the entries of the policy that the pod uses.
	Matched []ExplainMatch `json:"matched,omitempty"`
	Checks  []ExplainCheck `json:"checks,omitempty"`
	// Results are set if no check ran, for example because there is no policy.
	Results []checks.Result `json:"results,omitempty"`
	Mutated []string        `json:"mutated,omitempty"`
	Notes   []string        `json:"notes,omitempty"`
}

// ExplainPolicy is the policy that governs.
type ExplainPolicy struct {
	Name        string `json:"name,omitempty"`
	Governed    bool   `json:"governed"`
	Exists      bool   `json:"exists"`
	Valid       bool   `json:"valid"`
	Enforcement string `json:"enforcement,omitempty"`
	// Why says why this policy governs the object, or why none does.
	Why string `json:"why"`
}

// ExplainMatch is an entry of the policy and the part of the pod that it is about.
type ExplainMatch struct {
	// What is the part of the pod: Secret flare-kit-…, container main, volume data.
	What string `json:"what"`
	// Entry is the field of the policy; empty if none matches.
	Entry string `json:"entry,omitempty"`
	// Detail is the field's value.
	Detail string `json:"detail,omitempty"`
}

// ExplainCheck is one check's verdict: pass, fail, not applicable or unknown.
type ExplainCheck struct {
	ID      string          `json:"id"`
	Verdict string          `json:"verdict"`
	Results []checks.Result `json:"results,omitempty"`
}

// The verdicts of a check.
const (
	checkPass          = "pass"
	checkFail          = "fail"
	checkNotApplicable = "not applicable"
	verdictUnknown     = "unknown"
)

// DeepCopyObject makes an ExplainReport printable as Kubernetes objects are. Reports
// never change, so a copy may share its items.
func (r *ExplainReport) DeepCopyObject() runtime.Object {
	c := *r
	return &c
}

// check adds findings. If the kit could not be read, every check that depends on it is
// unknown: neither a pass nor a failure would be true.
func (i *ExplainItem) check(findings []checks.Finding, unknown bool) {
	for _, f := range findings {
		c := ExplainCheck{ID: f.ID, Results: f.Results}
		switch {
		case unknown && f.NeedsKit:
			c.Verdict, c.Results = verdictUnknown, nil
		case !f.Applies:
			c.Verdict = checkNotApplicable
		case len(f.Results) > 0:
			c.Verdict = checkFail
		default:
			c.Verdict = checkPass
		}
		i.Checks = append(i.Checks, c)
	}
	if unknown {
		i.Verdict = verdictUnknown
	}
}
