package participants

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Pods are the newest pods of workloads.
type Pods map[podKey]*corev1.Pod

// podKey is a participant's instance with its namespace, and one of its components.
type podKey struct{ instance, component string }

// ListPods returns the newest pod of each workload in a namespace, or in all namespaces if
// it is empty; a pod that is being deleted counts only if there is no other.
func ListPods(ctx context.Context, typed kubernetes.Interface, namespace string) (Pods, error) {
	list, err := typed.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: names.LabelParticipant + "," + names.LabelRole + "!=job"})
	if err != nil {
		return nil, err
	}
	newest := Pods{}
	for i := range list.Items {
		pod := &list.Items[i]
		key := podKey{instanceKey(pod.Namespace, pod.Labels, pod.Name), workloads.Component(pod.Labels)}
		if old := newest[key]; old == nil || later(pod, old) {
			newest[key] = pod
		}
	}
	return newest, nil
}

func later(a, b *corev1.Pod) bool {
	if (a.DeletionTimestamp == nil) != (b.DeletionTimestamp == nil) {
		return a.DeletionTimestamp == nil
	}
	return b.CreationTimestamp.Before(&a.CreationTimestamp)
}

// Of is the pod of a participant's workload; nil if there is none.
func (pods Pods) Of(p Participant, w Workload) *corev1.Pod {
	return pods[podKey{p.Namespace + "/" + p.ObjectName, w.Component}]
}
