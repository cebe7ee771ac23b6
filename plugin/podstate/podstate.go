// Package podstate says how far a pod has come, and what keeps it from running. It
// is pure: it reads what the kubelet and the scheduler have written.
package podstate

import (
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Cause is the kind of what keeps a pod from running.
type Cause int

// The causes.
const (
	// None: nothing keeps it, it only needs time.
	None Cause = iota
	// Unschedulable: no node takes it. A node or a volume may still come.
	Unschedulable
	// Pull: an image cannot be pulled. The kubelet tries again after 10 seconds,
	// and then ever later.
	Pull
	// Invalid: a container cannot be made of what its pod says, and no time
	// changes that.
	Invalid
	// Init: an init container has failed. The kubelet runs it again.
	Init
	// Crash: a container ends again and again.
	Crash
	// Ended: the pod has ended and will not run again.
	Ended
)

// The kubelet's reason for an image of which at least two pulls have failed.
const reasonPullBackOff = "ImagePullBackOff"

// State is how far a pod has come.
type State struct {
	// Text says it to a person. It changes when the state does.
	Text string
	// Cause is what keeps the pod from running; Reason is the kubelet's or the
	// scheduler's word for it, Detail their message.
	Cause          Cause
	Reason, Detail string
	// Container is the one that the text is about; empty where it is about none.
	Container string
	// FailedAt is when an init container failed; zero unless Cause is Init. The
	// kubelet gives whole seconds.
	FailedAt time.Time
	// Running says that all containers run, Ready that they are ready too.
	Running, Ready bool
	// Run names this run of the containers: another one begins when one of them
	// is started again. Empty unless Running.
	Run string
}

// Of reads the state of a pod.
func Of(pod *corev1.Pod) State {
	if pod.Status.Phase == corev1.PodSucceeded || pod.Status.Phase == corev1.PodFailed {
		return State{
			Text: "pod " + pod.Name + " has ended", Cause: Ended, Reason: pod.Status.Reason,
			Detail: strings.TrimSpace(pod.Status.Reason + " " + pod.Status.Message),
		}
	}
	if pod.Spec.NodeName == "" {
		return unscheduled(pod)
	}
	for i := range pod.Status.InitContainerStatuses {
		if c := &pod.Status.InitContainerStatuses[i]; !c.Ready {
			return initState(pod, c)
		}
	}
	return containersState(pod)
}

// PullFailedTwice says that at least two pulls of an image have failed.
func (s State) PullFailedTwice() bool { return s.Cause == Pull && s.Reason == reasonPullBackOff }

// String is the text with the detail, where the text does not have it.
func (s State) String() string {
	if s.Detail == "" || strings.Contains(s.Text, s.Detail) {
		return s.Text
	}
	return s.Text + ": " + s.Detail
}

func unscheduled(pod *corev1.Pod) State {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			return State{Text: "no node takes the pod: " + c.Message, Cause: Unschedulable, Reason: c.Reason, Detail: c.Message}
		}
	}
	return State{Text: "pod " + pod.Name + " waits for a node"}
}

func starting(pod *corev1.Pod) State {
	return State{Text: "starting on node " + pod.Spec.NodeName}
}

// initState says how far the init container has come that holds the pod up. What
// it said last is why the pod does not start.
func initState(pod *corev1.Pod, c *corev1.ContainerStatus) State {
	end := c.State.Terminated
	if end == nil {
		end = c.LastTerminationState.Terminated
	}
	wait := c.State.Waiting
	switch {
	case wait != nil && wait.Reason != "CrashLoopBackOff" && !isStarting(wait.Reason):
		s := waitingState(wait, "container", c.Image)
		s.Text, s.Container = c.Name+": "+s.Text, c.Name
		return s
	case end != nil && end.ExitCode != 0 && c.State.Running == nil:
		return State{Text: c.Name + " " + ExitText(end), Cause: Init, Container: c.Name, FailedAt: end.FinishedAt.Time}
	case c.State.Running != nil:
		return State{Text: c.Name + " runs", Container: c.Name}
	}
	return starting(pod)
}

// containersState is that of the first container that does not run.
func containersState(pod *corev1.Pod) State {
	all := pod.Status.ContainerStatuses
	if len(all) == 0 {
		return starting(pod)
	}
	s := State{Text: "running", Running: true, Ready: true}
	for i := range all {
		c := &all[i]
		if c.State.Running == nil {
			return containerState(pod, c)
		}
		s.Ready = s.Ready && c.Ready
		s.Run += string(pod.UID) + "/" + c.ContainerID + " "
	}
	return s
}

func containerState(pod *corev1.Pod, c *corev1.ContainerStatus) State {
	name := "container"
	if len(pod.Status.ContainerStatuses) > 1 {
		name += " " + c.Name
	}
	switch {
	case c.State.Waiting != nil && !isStarting(c.State.Waiting.Reason):
		s := waitingState(c.State.Waiting, name, imageOf(pod, c.Name))
		s.Container = c.Name
		if last := c.LastTerminationState.Terminated; last != nil && s.Cause == Crash {
			s.Detail = ExitText(last)
		}
		return s
	case c.State.Terminated != nil:
		return State{Text: "the " + name + " " + ExitText(c.State.Terminated), Reason: c.State.Terminated.Reason, Container: c.Name}
	}
	return starting(pod)
}

// imageOf is the container's image as the pod names it: a status may have another
// name for it, or none.
func imageOf(pod *corev1.Pod, container string) string {
	for _, c := range pod.Spec.Containers {
		if c.Name == container {
			return c.Image
		}
	}
	return ""
}

func isStarting(reason string) bool {
	return reason == "ContainerCreating" || reason == "PodInitializing"
}

// waitingState says in words what the kubelet says in one.
func waitingState(wait *corev1.ContainerStateWaiting, name, image string) State {
	s := State{Reason: wait.Reason, Detail: wait.Message}
	switch wait.Reason {
	case "ErrImagePull", reasonPullBackOff:
		s.Cause, s.Text = Pull, "image "+image+" cannot be pulled ("+wait.Reason+")"
	case "InvalidImageName":
		s.Cause, s.Text = Invalid, fmt.Sprintf("%q is no legal image name", image)
	case "CrashLoopBackOff":
		s.Cause, s.Text = Crash, "the "+name+" ends again and again (CrashLoopBackOff)"
	case "ErrImageNeverPull", "CreateContainerConfigError":
		s.Cause, s.Text = Invalid, "the "+name+" cannot be made ("+wait.Reason+")"
	default:
		s.Text = "the " + name + " cannot be made (" + wait.Reason + ")"
	}
	return s
}

// ExitText says how a container has ended.
func ExitText(end *corev1.ContainerStateTerminated) string {
	text := fmt.Sprintf("ended with exit code %d", end.ExitCode)
	if end.Reason != "" && end.Reason != "Error" {
		text += " (" + end.Reason + ")"
	}
	if message := strings.TrimSpace(end.Message); message != "" {
		text += ": " + message
	}
	return text
}
