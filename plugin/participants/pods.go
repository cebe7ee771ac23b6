package participants

import (
	"context"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Pods returns the newest pod of each participant, by namespace and object
// name; a pod on its way out counts only where there is no other.
func Pods(ctx context.Context, typed kubernetes.Interface, namespace string) (map[string]*corev1.Pod, error) {
	list, err := typed.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: names.LabelParticipant + "," + names.LabelRole + "!=job"})
	if err != nil {
		return nil, err
	}
	newest := map[string]*corev1.Pod{}
	for i := range list.Items {
		pod := &list.Items[i]
		key := pod.Namespace + "/" + pod.Labels[names.LabelAppInstance]
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

// Pod is the participant's pod among those of Pods.
func (p Participant) Pod(pods map[string]*corev1.Pod) *corev1.Pod {
	return pods[p.Namespace+"/"+p.ObjectName]
}
