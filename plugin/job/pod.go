package job

import (
	"context"
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/helperpod"
	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// withPod runs do with a running admin pod and deletes the pod afterwards, also
// when the person who runs the command has had enough.
func (o *options) withPod(ctx context.Context, do func(adminPod) error) error {
	typed, err := o.clients.Typed()
	if err != nil {
		return o.clients.Explain(ctx, err)
	}
	template, err := o.findTemplate(ctx, typed)
	if err != nil {
		return o.clients.Explain(ctx, err)
	}
	runner := helperpod.Runner{Typed: typed, ErrOut: o.streams.ErrOut, What: "admin pod", Holds: "holds the admin's key"}
	return o.clients.Explain(ctx, runner.With(ctx, podOf(template), func(pod *corev1.Pod) error {
		return do(adminPod{options: o, namespace: pod.Namespace, name: pod.Name, container: pod.Spec.Containers[0].Name})
	}))
}

// findTemplate finds the admin to act as.
func (o *options) findTemplate(ctx context.Context, typed kubernetes.Interface) (*corev1.PodTemplateSpec, error) {
	namespace, err := o.clients.Namespace()
	if err != nil {
		return nil, err
	}
	all, err := participants.List(ctx, typed, namespace)
	if err != nil {
		return nil, err
	}
	admin, err := choose(all, o.admin, namespace)
	if err != nil {
		return nil, err
	}
	cron, err := typed.BatchV1().CronJobs(namespace).Get(ctx, admin.ObjectName, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	template := cron.Spec.JobTemplate.Spec.Template
	template.Namespace, template.GenerateName = namespace, cron.Name+"-"
	return &template, nil
}

func choose(all []participants.Participant, name, namespace string) (participants.Participant, error) {
	var admins []participants.Participant
	var names []string
	for _, p := range all {
		if p.Role == kit.RoleAdmin {
			admins, names = append(admins, p), append(names, p.Name)
		}
	}
	if name != "" {
		if p, ok := participants.Find(admins, name); ok {
			return p, nil
		}
		return participants.Participant{}, fmt.Errorf("no admin %q in namespace %q (there: %s)", name, namespace, orNone(names))
	}
	switch len(admins) {
	case 0:
		return participants.Participant{}, fmt.Errorf("no admin in namespace %q: launch an admin's kit there with `kubectl flare launch KIT_DIR -n %s`, or give another namespace with -n", namespace, namespace)
	case 1:
		return admins[0], nil
	}
	return participants.Participant{}, fmt.Errorf("namespace %q has several admins: give one with --admin (%s)", namespace, strings.Join(names, ", "))
}

func orNone(names []string) string {
	if len(names) == 0 {
		return "none"
	}
	return strings.Join(names, ", ")
}

func podOf(template *corev1.PodTemplateSpec) *corev1.Pod {
	return &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}
}
