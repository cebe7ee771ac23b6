package policy

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/policy/offline"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// inputs are what explain works on.
type inputs struct {
	snapshot *offline.Snapshot
	objects  []source.Object
	hooks    []hook
	// hooksFrom says where the hooks were read.
	hooksFrom string
	// prefixes are those of the Secrets that frameworks' launchers make.
	prefixes []string
	// mutate says that the objects have not passed the mutating webhook yet.
	mutate bool
	// unreadable are kit Secrets and other objects that the user may not read;
	// notes say what is therefore unknown.
	unreadable []string
	notes      []string
}

// pods are the objects that can be explained.
func pods(objects []source.Object) []source.Object {
	return slices.DeleteFunc(slices.Clone(objects), func(o source.Object) bool {
		_, pod := o.Typed.(*corev1.Pod)
		_, _, template := policies.Extract(o.Typed)
		return !pod && !template
	})
}

func (s *inputs) report(user string) (*ExplainReport, error) {
	r := &ExplainReport{TypeMeta: metav1.TypeMeta{APIVersion: apiVersion, Kind: "PolicyExplanation"}}
	for _, o := range s.objects {
		item, err := s.explain(o, user)
		if err != nil {
			return nil, err
		}
		r.Items = append(r.Items, *item)
	}
	return r, nil
}

func (s *inputs) explain(o source.Object, user string) (*ExplainItem, error) {
	q, err := s.snapshot.Review(o, user, s.mutate)
	if err != nil {
		return nil, err
	}
	item := &ExplainItem{Kind: o.Kind, Namespace: q.Request.Namespace, Name: o.Name, Mutated: q.Mutated, EntriesFrom: s.hooksFrom}
	item.Notes = slices.Concat(s.notes, q.Notes)
	item.Policy = s.policy(q)
	item.Entries = seen(s.hooks, q.Request, s.labels(q))
	if q.NotEvaluated != "" {
		item.Verdict, item.Reason = verdictNotEvaluated, q.NotEvaluated
		return item, nil
	}
	s.takeLauncher(q, user, item)
	decision := q.Evaluate()
	item.Verdict = decision.AuditAnnotations[policies.AuditVerdict]
	if !item.Policy.Valid {
		item.Results = decision.Results
		return item, nil
	}
	pod, findings := q.Policy.Explain(q.Request, q.Facts)
	item.Role, item.Matched = string(pod.Role()), matched(pod)
	item.check(findings, s.unknown(pod))
	return item, nil
}

// labels are the namespace's, or those that a governed namespace must have.
func (s *inputs) labels(q *offline.Review) map[string]string {
	set := s.snapshot.Labels(q.Request.Namespace)
	if set == nil && q.Policy != nil {
		set = map[string]string{corev1.LabelMetadataName: q.Request.Namespace, names.LabelSitePolicy: q.Policy.Name()}
	}
	return set
}

// unknown says that the verdict depends on a kit that could not be read.
func (s *inputs) unknown(p *checks.Pod) bool {
	_, known := p.Facts.Kits[p.KitName]
	return !known && slices.Contains(s.unreadable, p.KitName)
}

// takeLauncher assumes who created a job pod, which is not recorded: it can only have
// been the launcher of the participant whose kit it has.
func (s *inputs) takeLauncher(q *offline.Review, user string, item *ExplainItem) {
	pod, ok := q.Request.Object.(*corev1.Pod)
	if user != "" || !ok || !q.Policy.Valid() {
		return
	}
	p, _ := q.Policy.Explain(q.Request, q.Facts)
	launcher := q.Policy.LauncherUser(participantOf(p), q.Request.Namespace)
	if p.Process.Kind != profiles.KindJob || launcher == "" {
		return
	}
	before := len(q.Notes)
	q.Request.User.Username = launcher
	q.AssumeLauncher(pod)
	item.Notes = append(item.Notes, "assumed: the launcher "+launcher+" creates the pod; another user can be given with --as-user")
	item.Notes = append(item.Notes, q.Notes[before:]...)
}

// participantOf is the one whose kit the pod has or, without a kit, the only one that
// has a launcher; "" if there are several.
func participantOf(p *checks.Pod) string {
	switch {
	case p.Kit != nil:
		return p.Kit.Participant
	case len(p.Policy.Launchers) == 1:
		return p.Policy.Launchers[0].Participant
	}
	return ""
}

func (s *inputs) policy(q *offline.Review) ExplainPolicy {
	e := ExplainPolicy{Name: q.Facts.PolicyName, Governed: q.NotEvaluated == "", Exists: q.Policy != nil}
	switch {
	case s.snapshot.Governing != nil:
		e.Why = "it was given with --policy"
	case q.Facts.PolicyName == "":
		e.Why = q.NotEvaluated
	default:
		e.Why = "namespace " + q.Request.Namespace + " has the label " + names.LabelSitePolicy + "=" + q.Facts.PolicyName
		if _, known := s.snapshot.Labels(q.Request.Namespace)[names.LabelSitePolicy]; !known {
			e.Why = "it is the only one in the files"
		}
	}
	if e.Valid = q.Policy.Valid(); e.Valid {
		e.Enforcement = string(q.Policy.Source().Spec.Enforcement)
	}
	return e
}
