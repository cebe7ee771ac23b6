package job

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"

	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/policies/startupkit"
)

// podStart is how long an admin pod may take to start; pulling a large image for
// the first time takes minutes.
const podStart = 5 * time.Minute

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
	pod, err := typed.CoreV1().Pods(template.Namespace).Create(ctx, podOf(template), metav1.CreateOptions{FieldManager: "kubectl-flare"})
	if err != nil {
		return o.clients.Explain(ctx, err)
	}
	defer o.deletePod(context.WithoutCancel(ctx), typed, pod)
	if err := awaitRunning(ctx, typed, pod); err != nil {
		return o.clients.Explain(ctx, err)
	}
	return do(adminPod{options: o, namespace: pod.Namespace, name: pod.Name, container: pod.Spec.Containers[0].Name})
}

func (o *options) deletePod(ctx context.Context, typed kubernetes.Interface, pod *corev1.Pod) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	// The sleeping process has nothing to tidy up.
	err := typed.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, *metav1.NewDeleteOptions(0))
	if err != nil {
		fmt.Fprintf(o.streams.ErrOut, "warning: admin pod %s/%s is still there and holds the admin's key: delete it: %v\n", pod.Namespace, pod.Name, err)
	}
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
		if p.Role == startupkit.RoleAdmin {
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

// awaitRunning follows the pod until its container runs, or cannot.
func awaitRunning(ctx context.Context, typed kubernetes.Interface, pod *corev1.Pod) error {
	ctx, cancel := context.WithTimeout(ctx, podStart)
	defer cancel()
	pods := typed.CoreV1().Pods(pod.Namespace)
	selector := fields.OneTermEqualSelector("metadata.name", pod.Name).String()
	lw := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			o.FieldSelector = selector
			return pods.List(ctx, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.FieldSelector = selector
			return pods.Watch(ctx, o)
		},
	}
	last := ""
	_, err := watchtools.UntilWithSync(ctx, lw, &corev1.Pod{}, nil, func(e watch.Event) (bool, error) {
		current, ok := e.Object.(*corev1.Pod)
		if !ok || e.Type == watch.Deleted {
			return false, errors.New("the admin pod was deleted while it started")
		}
		running, reason, err := assess(current)
		last = reason
		return running, err
	})
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("admin pod %s did not start within %s: %s", pod.Name, podStart, last)
	}
	return err
}
