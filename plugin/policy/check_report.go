package policy

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/plugin/policy/offline"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// verdictNotEvaluated is the verdict on an object that the webhook does not see.
const verdictNotEvaluated = "not evaluated"

// CheckReport is what `policy check -o json` prints.
type CheckReport struct {
	metav1.TypeMeta `json:",inline"`

	Items   []CheckItem  `json:"items"`
	Summary CheckSummary `json:"summary"`
}

// CheckItem is the verdict on one object.
type CheckItem struct {
	source.Place `json:",inline"`

	Kind      string `json:"kind"`
	Namespace string `json:"namespace,omitempty"`
	Name      string `json:"name"`
	// Verdict is allowed, denied, warned, audited or not evaluated.
	Verdict string `json:"verdict"`
	// Policy is the SitePolicy that decided.
	Policy string `json:"policy,omitempty"`
	// Reason says why it was not evaluated.
	Reason string `json:"reason,omitempty"`
	// Results are the checks that failed.
	Results []checks.Result `json:"results,omitempty"`
	// Mutated are the fields that the mutating webhook would add or change.
	Mutated []string `json:"mutated,omitempty"`
	// Notes say what the files leave open.
	Notes []string `json:"notes,omitempty"`
}

// CheckSummary counts verdicts.
type CheckSummary struct {
	Allowed      int `json:"allowed"`
	Denied       int `json:"denied"`
	NotEvaluated int `json:"notEvaluated"`
}

func (s CheckSummary) evaluated() int { return s.Allowed + s.Denied }

// DeepCopyObject makes a CheckReport printable as Kubernetes objects are. Reports never
// change, so a copy may share its items.
func (r *CheckReport) DeepCopyObject() runtime.Object {
	c := *r
	return &c
}

func newCheckReport(snapshot *offline.Snapshot, objects []source.Object, user string, mutate bool) (*CheckReport, error) {
	r := &CheckReport{TypeMeta: metav1.TypeMeta{APIVersion: apiVersion, Kind: "PolicyCheck"}, Items: []CheckItem{}}
	for _, o := range objects {
		q, err := snapshot.Review(o, user, mutate)
		if err != nil {
			return nil, err
		}
		item := CheckItem{Place: o.Place, Kind: o.Kind, Name: o.Name, Namespace: q.Request.Namespace, Reason: q.NotEvaluated, Mutated: q.Mutated, Notes: q.Notes}
		item.evaluate(q, o.Namespace, &r.Summary)
		r.Items = append(r.Items, item)
	}
	return r, nil
}

func (i *CheckItem) evaluate(q *offline.Review, namespace string, s *CheckSummary) {
	if q.NotEvaluated != "" {
		i.Verdict = verdictNotEvaluated
		i.Namespace = namespace // its kind may have no namespaces
		s.NotEvaluated++
		return
	}
	decision := q.Evaluate()
	i.Verdict, i.Results = decision.AuditAnnotations[policies.AuditVerdict], decision.Results
	if q.Policy != nil {
		i.Policy = q.Policy.Name()
	}
	if decision.Allowed {
		s.Allowed++
	} else {
		s.Denied++
	}
}
