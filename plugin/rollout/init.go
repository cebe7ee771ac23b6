package rollout

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// reasonInit is the reason of a state in which an init container has failed.
const reasonInit = "InitFailed"

// currentInit is the init container that holds the pod up; nil where none does.
func currentInit(pod *corev1.Pod) *corev1.ContainerStatus {
	for i := range pod.Status.InitContainerStatuses {
		if c := &pod.Status.InitContainerStatuses[i]; !c.Ready {
			return c
		}
	}
	return nil
}

// initState says how far flare-verify has come, or whichever it is: what it said
// last is why the participant does not start.
func initState(s *state, c *corev1.ContainerStatus) {
	end := c.State.Terminated
	if end == nil {
		end = c.LastTerminationState.Terminated
	}
	wait := c.State.Waiting
	switch {
	case wait != nil && wait.Reason != "CrashLoopBackOff" && wait.Reason != "PodInitializing" && wait.Reason != "ContainerCreating":
		s.reason, s.detail = wait.Reason, wait.Message
		s.text = c.Name + ": " + plainReason(wait.Reason, c.Image)
	case end != nil && end.ExitCode != 0 && c.State.Running == nil:
		s.reason, s.failedAt = reasonInit, end.FinishedAt.Time
		s.text = c.Name + " " + strings.TrimSpace(exitText(end))
	case c.State.Running != nil:
		s.text = c.Name + " runs"
	}
}

// initFailed is final once the init container has failed in this launch's time: a
// failure from before may be mended, and the kubelet tries again later.
func (w *Waiter) initFailed(s state) error {
	// The kubelet tells whole seconds.
	if s.failedAt.Before(w.start.Truncate(time.Second)) {
		return nil
	}
	return fmt.Errorf("%q in namespace %q does not start: %s", w.target.Participant, w.target.Namespace, s.text)
}
