// Package participants finds the participants of a namespace. It reads facts about their
// kits from the labels and annotations that launch wrote, so it needs no permission to read
// Secrets.
package participants

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Participant is one launched participant.
type Participant struct {
	// Name is the true name, ObjectName the name of its objects.
	Name       string
	ObjectName string
	Namespace  string
	Framework  string
	Role       kit.Role
	Federation string
	Org        string
	KitDigest  string
	// NotAfter is the end of its certificate; zero if it is unknown.
	NotAfter time.Time
	Created  time.Time
	// Workloads are sorted by component, so that the first one comes first.
	Workloads []Workload
}

// Workload is a participant's workload as the cluster has it.
type Workload struct {
	workloads.Workload
	Template corev1.PodTemplateSpec
	// Ready and Wanted count pods; both are 0 for a workload on demand.
	Ready, Wanted int32
}

// Image is the image of the workload's first container.
func (w Workload) Image() string {
	if len(w.Template.Spec.Containers) == 0 {
		return ""
	}
	return w.Template.Spec.Containers[0].Image
}

// Selector picks the objects of launched participants.
const Selector = names.LabelManagedBy + "=" + names.ManagedBy + "," + names.LabelParticipant

// List returns the participants of a namespace, or of all namespaces if it is empty, sorted
// by namespace and name.
func List(ctx context.Context, typed kubernetes.Interface, namespace string) ([]Participant, error) {
	opts := metav1.ListOptions{LabelSelector: Selector}
	deployments, err := typed.AppsV1().Deployments(namespace).List(ctx, opts)
	if err != nil {
		return nil, err
	}
	crons, err := typed.BatchV1().CronJobs(namespace).List(ctx, opts)
	if err != nil {
		return nil, err
	}
	all := &grouped{}
	for i := range deployments.Items {
		all.add(&deployments.Items[i].ObjectMeta, ofDeployment(&deployments.Items[i]))
	}
	for i := range crons.Items {
		all.add(&crons.Items[i].ObjectMeta, ofCronJob(&crons.Items[i]))
	}
	return all.sorted(), nil
}

func ofDeployment(d *appsv1.Deployment) Workload {
	w := Workload{Workload: workload(workloads.KindDeployment, &d.ObjectMeta), Template: d.Spec.Template, Ready: d.Status.ReadyReplicas, Wanted: 1}
	if d.Spec.Replicas != nil {
		w.Wanted = *d.Spec.Replicas
	}
	return w
}

func ofCronJob(c *batchv1.CronJob) Workload {
	return Workload{Workload: workload(workloads.KindCronJob, &c.ObjectMeta), Template: c.Spec.JobTemplate.Spec.Template}
}

func workload(kind string, m *metav1.ObjectMeta) workloads.Workload {
	return workloads.Workload{Kind: kind, Name: m.Name, Component: workloads.Component(m.Labels), Role: kit.Role(m.Labels[names.LabelRole])}
}

// OnDemand says whether the participant's pods exist only while a command needs them.
func (p Participant) OnDemand() bool {
	return !slices.ContainsFunc(p.Workloads, func(w Workload) bool { return !w.OnDemand() })
}

// TrueName is the participant's name from the annotation of its object or, if the
// annotation was removed, the object's name.
func TrueName(obj metav1.Object) string {
	if name := obj.GetAnnotations()[names.AnnotationParticipant]; name != "" {
		return name
	}
	return obj.GetName()
}

// Matches says whether arg is the true name of the participant, or the name of its objects.
func Matches(name, arg string) bool {
	return name == arg || kit.ObjectName(name) == arg
}

// Find returns the participant that arg names.
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

// NotFound is the error for a name that no participant of the namespace has.
func NotFound(all []Participant, arg, namespace string) error {
	if len(all) == 0 {
		return fmt.Errorf("namespace %[2]q has no participant %[1]q, and no others: give the participant's namespace with -n", arg, namespace)
	}
	var names []string
	for _, p := range all {
		names = append(names, p.Name)
	}
	return fmt.Errorf("namespace %[2]q has no participant %[1]q; its participants are %[3]s", arg, namespace, strings.Join(names, ", "))
}
