package clientstest

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Launched are the objects of a launched participant, made at the given time.
func Launched(namespace string, k *kit.Kit, at time.Time) ([]runtime.Object, error) {
	set, err := nvflare.Objects(workloads.Participant{Namespace: namespace, Image: "registry.example.org/nvflare:2.9.0"}, k)
	if err != nil {
		return nil, err
	}
	out := make([]runtime.Object, 0, len(set.Objects))
	for _, obj := range set.Objects {
		obj.SetCreationTimestamp(metav1.NewTime(at))
		out = append(out, obj)
	}
	return out, nil
}

// RunningPod is a running pod of a launched server or client.
func RunningPod(d *appsv1.Deployment, started time.Time) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: d.Name + "-pod", Namespace: d.Namespace, Labels: d.Spec.Template.Labels},
		Spec:       corev1.PodSpec{NodeName: "node0", Containers: d.Spec.Template.Spec.Containers},
		Status: corev1.PodStatus{ContainerStatuses: []corev1.ContainerStatus{{
			Name: nvflare.Container, Ready: true,
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(started)}},
		}}},
	}
}
