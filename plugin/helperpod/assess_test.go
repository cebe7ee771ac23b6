package helperpod

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
)

func TestAssess(t *testing.T) {
	waiting := func(reason string) *corev1.Pod {
		return &corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodPending, ContainerStatuses: []corev1.ContainerStatus{{
			Image: "registry/x", State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason}},
		}}}}
	}
	running, _, err := assess("admin pod", &corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodRunning}})
	require.NoError(t, err)
	require.True(t, running)

	running, reason, err := assess("admin pod", waiting("ContainerCreating"))
	require.NoError(t, err)
	require.False(t, running)
	require.Contains(t, reason, "ContainerCreating")

	for _, hopeless := range []*corev1.Pod{
		waiting(pullBackOff), waiting("InvalidImageName"), {Status: corev1.PodStatus{Phase: corev1.PodFailed, Reason: "DeadlineExceeded"}},
	} {
		_, _, err = assess("admin pod", hopeless)
		require.Error(t, err)
	}
}

// What an init container said before it ended is the reason.
func TestAssessInitContainer(t *testing.T) {
	_, reason, err := assess("admin pod", &corev1.Pod{Status: corev1.PodStatus{Phase: corev1.PodPending, InitContainerStatuses: []corev1.ContainerStatus{{
		Name: "flare-verify", State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 1, Message: "client.key: was changed\n"}},
	}}}})
	require.NoError(t, err)
	require.Equal(t, "flare-verify ended with exit code 1: client.key: was changed", reason)
}
