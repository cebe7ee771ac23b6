package helperpod

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

func pod(phase corev1.PodPhase, s corev1.ContainerState) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "p"},
		Spec:       corev1.PodSpec{NodeName: "node0", Containers: []corev1.Container{{Name: "x", Image: "registry.example.org/x:1"}}},
		Status: corev1.PodStatus{Phase: phase, Reason: "DeadlineExceeded", ContainerStatuses: []corev1.ContainerStatus{{
			Name: "x", State: s,
		}}},
	}
}

func waiting(reason string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: "why"}}
}

func TestAssess(t *testing.T) {
	for name, tc := range map[string]struct {
		pod     *corev1.Pod
		running bool
		fail    string
	}{
		"runs":            {pod(corev1.PodRunning, corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}), true, ""},
		"is being made":   {pod(corev1.PodPending, waiting("ContainerCreating")), false, ""},
		"first pull":      {pod(corev1.PodPending, waiting("ErrImagePull")), false, ""},
		"second pull":     {pod(corev1.PodPending, waiting("ImagePullBackOff")), false, "admin pod p does not start: image registry.example.org/x:1 cannot be pulled (ImagePullBackOff): why"},
		"image name":      {pod(corev1.PodPending, waiting("InvalidImageName")), false, `admin pod p does not start: "registry.example.org/x:1" is not a valid image name: why`},
		"no such Secret":  {pod(corev1.PodPending, waiting("CreateContainerConfigError")), false, "cannot be created (CreateContainerConfigError): why"},
		"ended too early": {pod(corev1.PodFailed, corev1.ContainerState{}), false, "admin pod p ended before it could be used: DeadlineExceeded"},
	} {
		t.Run(name, func(t *testing.T) {
			s, err := assess("admin pod", tc.pod)
			require.Equal(t, tc.running, s.Running)
			if tc.fail == "" {
				require.NoError(t, err)
				return
			}
			require.ErrorContains(t, err, tc.fail)
		})
	}
}
