package offline

import (
	"fmt"
	"strings"

	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/mutation"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Review is an object with everything that its verdict depends on.
type Review struct {
	Request policies.Review
	Policy  *policies.Policy
	Facts   policies.Facts
	// Mutated are the paths that the mutating webhook would change.
	Mutated []string
	// Notes say what is assumed or unknown.
	Notes []string
	// NotEvaluated says why there is nothing to evaluate; empty if there is.
	NotEvaluated string

	catalog *policies.Catalog
}

// Review makes the review that the webhook would get if the user created the object.
// Without mutate, a pod counts as one that has passed the mutating webhook already.
func (s *Snapshot) Review(o source.Object, user string, mutate bool) (*Review, error) {
	q := &Review{catalog: s.catalog, Request: policies.Review{
		Operation: policies.Create, Resource: resource(o.Typed), Namespace: s.NamespaceOf(o), Name: strings.TrimSuffix(o.Name, "*"),
		Object: o.Typed, User: authenticationv1.UserInfo{Username: user},
	}}
	if q.NotEvaluated = s.notEvaluated(o.Typed); q.NotEvaluated != "" {
		return q, nil
	}
	if _, ok := o.Typed.(*v1alpha1.SitePolicy); ok {
		q.Request.Namespace = ""
		return q, nil
	}
	policy, name, governed, err := s.Policy(q.Request.Namespace)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Place, err)
	}
	if !governed {
		q.NotEvaluated = fmt.Sprintf("namespace %q has no label %s, so the webhook sees nothing of it", q.Request.Namespace, names.LabelSitePolicy)
		return q, nil
	}
	q.Policy, q.Facts = policy, s.Facts(q.Request.Namespace, policy, name)
	if policy.Valid() {
		s.prepare(q, mutate)
	}
	return q, nil
}

// NamespaceOf is where the object would be created.
func (s *Snapshot) NamespaceOf(o source.Object) string {
	if o.Namespace != "" {
		return o.Namespace
	}
	return s.Namespace
}

// Evaluate is the verdict.
func (q *Review) Evaluate() policies.Decision {
	if _, ok := q.Request.Object.(*v1alpha1.SitePolicy); ok {
		// Who will write it is not known.
		f := q.Facts
		f.BreakGlass, f.Govern = true, true
		return q.catalog.EvaluateSitePolicy(q.Request, f)
	}
	return q.Policy.Evaluate(q.Request, q.Facts)
}

func (s *Snapshot) prepare(q *Review, mutate bool) {
	pod, template := q.pod()
	if pod == nil {
		return
	}
	pod.Namespace = q.Request.Namespace
	q.Notes = append(s.assume(&q.Facts, pod, q.Policy), s.missing(&q.Facts, pod)...)
	q.AssumeLauncher(pod)
	if !mutate && !template {
		return
	}
	changed := q.Policy.Mutate(pod, q.Facts)
	q.Mutated = changedPaths(q.prefix(), mutation.Patch(pod, changed))
	if !template {
		q.Request.Object = changed
	}
}

// pod is a copy of the object's pod.
func (q *Review) pod() (pod *corev1.Pod, template bool) {
	if pod, ok := q.Request.Object.(*corev1.Pod); ok {
		return pod.DeepCopy(), false
	}
	pod, _, ok := policies.Extract(q.Request.Object)
	if !ok {
		return nil, false
	}
	return pod.DeepCopy(), true
}

func (q *Review) prefix() string {
	if _, path, ok := policies.Extract(q.Request.Object); ok {
		return path.String() + "."
	}
	return ""
}

// notEvaluated is empty for objects that the webhook sees.
func (s *Snapshot) notEvaluated(obj runtime.Object) string {
	const none = "SitePolicies do not cover this kind"
	switch o := obj.(type) {
	case nil:
		return none
	case *corev1.Pod, *corev1.PersistentVolumeClaim, *corev1.Service, *v1alpha1.SitePolicy:
		return ""
	case *corev1.Secret:
		if checks.Governed(s.catalog.Profiles(), o.Name, o.Type) {
			return ""
		}
		return "its name is not reserved, so it is not a kit"
	case *corev1.ConfigMap:
		if s.catalog.Profiles().Reserved(o.Name) {
			return ""
		}
		return "its name is not reserved, so it is not part of a kit"
	}
	if _, _, ok := policies.Extract(obj); ok {
		return ""
	}
	return none
}

func resource(obj runtime.Object) schema.GroupResource {
	if obj == nil {
		return schema.GroupResource{}
	}
	plural, _ := meta.UnsafeGuessKindToResource(obj.GetObjectKind().GroupVersionKind())
	return plural.GroupResource()
}
