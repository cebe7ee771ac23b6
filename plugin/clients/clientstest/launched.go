package clientstest

import (
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
)

// Launched are the objects of an NVFLARE participant that was launched at the given time.
func Launched(namespace string, k acceptance.Verified, at time.Time) ([]runtime.Object, error) {
	return LaunchedAs(nvflare.Workloads{}, namespace, k, at)
}

// LaunchedAs are the objects of a participant of any framework, with an image of the kit's version.
func LaunchedAs(framework workloads.Workloads, namespace string, k acceptance.Verified, at time.Time) ([]runtime.Object, error) {
	image := framework.Describe().Image
	if verified, err := k.Kit(); err == nil && verified.Version != "" {
		image = image[:strings.LastIndexByte(image, ':')+1] + verified.Version
	}
	set, err := framework.Objects(workloads.Participant{Namespace: namespace, Settings: workloads.Settings{Image: image}}, k)
	if err != nil {
		return nil, err
	}
	out := make([]runtime.Object, 0, len(set.Objects()))
	for _, obj := range set.Objects() {
		obj.SetCreationTimestamp(metav1.NewTime(at))
		out = append(out, obj)
	}
	return out, nil
}

// RunningPod is a running pod of a launched workload.
func RunningPod(d *appsv1.Deployment, started time.Time) *corev1.Pod {
	pod := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: d.Name + "-pod", Namespace: d.Namespace, Labels: d.Spec.Template.Labels},
		Spec:       *d.Spec.Template.Spec.DeepCopy(),
	}
	pod.Spec.NodeName = "node0"
	for _, c := range pod.Spec.Containers {
		pod.Status.ContainerStatuses = append(pod.Status.ContainerStatuses, corev1.ContainerStatus{
			Name: c.Name, Ready: true,
			State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.NewTime(started)}},
		})
	}
	return pod
}
