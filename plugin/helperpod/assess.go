package helperpod

import (
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// pullBackOff is the state of an image that could not be pulled twice.
const pullBackOff = "ImagePullBackOff"

// assess says whether the pod runs, what keeps it from that, and, as an
// error, that waiting will not help.
func assess(what string, pod *corev1.Pod) (running bool, reason string, err error) {
	switch pod.Status.Phase {
	case corev1.PodPending, corev1.PodUnknown:
	case corev1.PodRunning:
		return true, "", nil
	case corev1.PodSucceeded, corev1.PodFailed:
		return false, "", fmt.Errorf("%s %s ended before it was used: %s %s", what, pod.Name, pod.Status.Reason, pod.Status.Message)
	}
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			reason = "no node takes it: " + c.Message
		}
	}
	for _, c := range slices.Concat(pod.Status.InitContainerStatuses, pod.Status.ContainerStatuses) {
		if end := c.State.Terminated; end != nil && end.ExitCode != 0 {
			reason = fmt.Sprintf("%s ended with exit code %d: %s", c.Name, end.ExitCode, strings.TrimSpace(end.Message))
		}
		waiting := c.State.Waiting
		if waiting == nil {
			continue
		}
		reason = waiting.Reason + " " + waiting.Message
		switch waiting.Reason {
		case pullBackOff, "InvalidImageName", "CreateContainerConfigError":
			return false, reason, fmt.Errorf("%s %s does not start: %s (image %s)", what, pod.Name, reason, c.Image)
		}
	}
	return false, reason, nil
}
