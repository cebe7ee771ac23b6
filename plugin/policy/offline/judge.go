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

// Question is an object with all that a verdict on it rests on.
type Question struct {
	Attributes policies.Attributes
	Policy     *v1alpha1.SitePolicy
	Facts      policies.Facts
	// Mutated are the paths that the webhook would change.
	Mutated []string
	// Notes say what could not be known.
	Notes []string
	// Unjudged says why there is nothing to judge, where there is not.
	Unjudged string
}

// Ask makes the question that a CREATE of the object would put to the webhook.
// user is who creates it. Without mutate a pod is taken as one that has passed
// mutation already.
func (w *World) Ask(o source.Object, user string, mutate bool) (*Question, error) {
	q := &Question{Attributes: policies.Attributes{
		Operation: policies.Create, Resource: resource(o.Typed), Namespace: w.NamespaceOf(o), Name: strings.TrimSuffix(o.Name, "*"),
		Object: o.Typed, User: authenticationv1.UserInfo{Username: user},
	}}
	if q.Unjudged = unjudged(o.Typed); q.Unjudged != "" {
		return q, nil
	}
	if _, ok := o.Typed.(*v1alpha1.SitePolicy); ok {
		q.Attributes.Namespace = ""
		return q, nil
	}
	policy, name, governed, err := w.Policy(q.Attributes.Namespace)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.Place, err)
	}
	if !governed {
		q.Unjudged = fmt.Sprintf("namespace %q has no label %s: the webhook does not look there", q.Attributes.Namespace, names.LabelSitePolicy)
		return q, nil
	}
	q.Policy, q.Facts = policy, w.Facts(q.Attributes.Namespace, policy, name)
	if secret, ok := o.Typed.(*corev1.Secret); ok && redacted(secret) {
		w.fill(q, secret)
	}
	if policy != nil {
		w.prepare(q, mutate)
	}
	return q, nil
}

func (w *World) fill(q *Question, secret *corev1.Secret) {
	filled, ok := w.whole(secret)
	if !ok {
		q.Unjudged = "its content is redacted: give its kit's folder with --kit"
		return
	}
	q.Attributes.Object = filled
	q.Notes = append(q.Notes, "its content is redacted: judged with the content of the kit of that digest")
}

// NamespaceOf is where the object would be created.
func (w *World) NamespaceOf(o source.Object) string {
	if o.Namespace != "" {
		return o.Namespace
	}
	return w.Namespace
}

// Evaluate is the verdict.
func (q *Question) Evaluate() policies.Decision {
	if _, ok := q.Attributes.Object.(*v1alpha1.SitePolicy); ok {
		return policies.EvaluateSitePolicy(q.Attributes)
	}
	return policies.Evaluate(q.Attributes, q.Policy, q.Facts)
}

func (w *World) prepare(q *Question, mutate bool) {
	pod, template := q.pod()
	if pod == nil {
		return
	}
	pod.Namespace = q.Attributes.Namespace
	q.Notes = append(w.assume(&q.Facts, pod, q.Policy), w.missing(&q.Facts, pod)...)
	if !mutate && !template {
		return
	}
	changed := mutation.Mutate(pod, q.Policy, q.Facts)
	q.Mutated = changedPaths(q.prefix(), mutation.Patch(pod, changed))
	if !template {
		q.Attributes.Object = changed
	}
}

// pod is the object's pod, a copy.
func (q *Question) pod() (pod *corev1.Pod, template bool) {
	if pod, ok := q.Attributes.Object.(*corev1.Pod); ok {
		return pod.DeepCopy(), false
	}
	pod, _, ok := policies.Extract(q.Attributes.Object)
	if !ok {
		return nil, false
	}
	return pod.DeepCopy(), true
}

func (q *Question) prefix() string {
	if _, path, ok := policies.Extract(q.Attributes.Object); ok {
		return path.String() + "."
	}
	return ""
}

// unjudged is empty for objects that the webhook sees.
func unjudged(obj runtime.Object) string {
	const none = "no site policy is about this kind"
	switch o := obj.(type) {
	case nil:
		return none
	case *corev1.Pod, *corev1.PersistentVolumeClaim, *v1alpha1.SitePolicy:
		return ""
	case *corev1.Secret:
		if checks.Governed(o.Name, o.Type) {
			return ""
		}
		return "no Secret of a kit: its name is not reserved"
	case *corev1.ConfigMap:
		if checks.Reserved(o.Name) {
			return ""
		}
		return "no ConfigMap of a kit: its name is not reserved"
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
