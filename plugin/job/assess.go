package job

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
)

// pullBackOff is the state of an image that could not be pulled twice.
const pullBackOff = "ImagePullBackOff"

// assess says whether the admin pod runs, what keeps it from that, and, as an
// error, that waiting will not help.
func assess(pod *corev1.Pod) (running bool, reason string, err error) {
	switch pod.Status.Phase {
	case corev1.PodRunning:
		return true, "", nil
	case corev1.PodSucceeded, corev1.PodFailed:
		return false, "", fmt.Errorf("admin pod %s ended before it was used: %s %s", pod.Name, pod.Status.Reason, pod.Status.Message)
	}
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			reason = "no node takes it: " + c.Message
		}
	}
	for _, c := range pod.Status.ContainerStatuses {
		waiting := c.State.Waiting
		if waiting == nil {
			continue
		}
		reason = waiting.Reason + " " + waiting.Message
		switch waiting.Reason {
		case pullBackOff, "InvalidImageName", "CreateContainerConfigError":
			return false, reason, fmt.Errorf("admin pod %s does not start: %s (image %s)", pod.Name, reason, c.Image)
		}
	}
	return false, reason, nil
}
