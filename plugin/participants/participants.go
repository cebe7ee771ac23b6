// Package participants finds the participants that run in a namespace. What it
// knows of a kit it reads from the annotations that launch wrote, so it needs no
// right to read Secrets.
package participants

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Participant is one launched participant.
type Participant struct {
	// Name is the true name, ObjectName that of its objects.
	Name       string
	ObjectName string
	Namespace  string
	Role       kit.Role
	Federation string
	Org        string
	KitDigest  string
	// NotAfter is the end of its certificate; zero when it is not known.
	NotAfter time.Time
	Created  time.Time
	Image    string
	// Deployment is nil for an admin, whose pods come and go.
	Deployment *appsv1.Deployment
}

// Selector picks the objects of launched participants.
const Selector = names.LabelManagedBy + "=" + names.ManagedBy + "," + names.LabelParticipant

// List returns the participants of a namespace, or of all when it is empty,
// sorted by namespace and name.
func List(ctx context.Context, typed kubernetes.Interface, namespace string) ([]Participant, error) {
	opts := metav1.ListOptions{LabelSelector: Selector}
	deployments, err := typed.AppsV1().Deployments(namespace).List(ctx, opts)
	if err != nil {
		return nil, err
	}
	templates, err := typed.BatchV1().CronJobs(namespace).List(ctx, opts)
	if err != nil {
		return nil, err
	}
	var out []Participant
	for _, d := range deployments.Items {
		p := fromMeta(d.ObjectMeta, d.Spec.Template)
		p.Deployment = &d
		out = append(out, p)
	}
	for _, t := range templates.Items {
		out = append(out, fromMeta(t.ObjectMeta, t.Spec.JobTemplate.Spec.Template))
	}
	slices.SortFunc(out, func(a, b Participant) int {
		return strings.Compare(a.Namespace+"/"+a.Name, b.Namespace+"/"+b.Name)
	})
	return out, nil
}

func fromMeta(m metav1.ObjectMeta, template corev1.PodTemplateSpec) Participant {
	p := Participant{
		Name:       TrueName(&m),
		ObjectName: m.Name,
		Namespace:  m.Namespace,
		Role:       kit.Role(m.Labels[names.LabelRole]),
		Federation: m.Annotations[names.AnnotationFederation],
		Org:        m.Annotations[names.AnnotationOrg],
		KitDigest:  m.Annotations[names.AnnotationKitDigest],
		Created:    m.CreationTimestamp.Time,
	}
	if end, err := time.Parse(time.RFC3339, m.Annotations[names.AnnotationNotAfter]); err == nil {
		p.NotAfter = end
	}
	if len(template.Spec.Containers) > 0 {
		p.Image = template.Spec.Containers[0].Image
	}
	return p
}

// TrueName is the participant's name as its object's annotation has it, or,
// where somebody removed that, the object's name.
func TrueName(obj metav1.Object) string {
	if name := obj.GetAnnotations()[names.AnnotationParticipant]; name != "" {
		return name
	}
	return obj.GetName()
}

// Matches says whether a person who wrote arg means the participant of that
// true name: by itself or by its objects' name.
func Matches(name, arg string) bool {
	return name == arg || kit.ObjectName(name) == arg
}

// Find returns the participant that a person calls arg.
func Find(all []Participant, arg string) (Participant, bool) {
	for _, p := range all {
		if p.Name == arg {
			return p, true
		}
	}
	for _, p := range all {
		if Matches(p.Name, arg) {
			return p, true
		}
	}
	return Participant{}, false
}

// NotFound is the error for a name that means nobody in the namespace.
func NotFound(all []Participant, arg, namespace string) error {
	if len(all) == 0 {
		return fmt.Errorf("there is no participant %q in namespace %q, nor any other: is it the right -n?", arg, namespace)
	}
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	return fmt.Errorf("there is no participant %q in namespace %q; there are: %s", arg, namespace, strings.Join(names, ", "))
}
