// Package podstate says how far a pod has come and what keeps it from running. It is
// pure: it reads what the kubelet and the scheduler have written.
package podstate

import (
	"fmt"
	"regexp"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
)

// Cause is the kind of reason why a pod does not run.
type Cause int

// The causes.
const (
	// None: there is no obstacle, the pod only needs time.
	None Cause = iota
	// Unschedulable: no node fits. A node or a volume may still become available.
	Unschedulable
	// Pull: an image cannot be pulled. The kubelet tries again after 10 seconds, and
	// then at longer and longer intervals.
	Pull
	// Invalid: a container cannot be created from the pod's specification, and time
	// does not change that.
	Invalid
	// Init: an init container has failed. The kubelet runs it again.
	Init
	// Crash: a container keeps ending.
	Crash
	// Ended: the pod has ended and will not run again.
	Ended
)

// reasonPullBackOff is the kubelet's reason after at least two failed pulls of an image.
const reasonPullBackOff = "ImagePullBackOff"

// State is how far a pod has come.
type State struct {
	// Text describes the state to a person. It changes when the state changes.
	Text string
	// Cause is why the pod does not run; Reason is the kubelet's or the scheduler's
	// word for it, and Detail their message.
	Cause          Cause
	Reason, Detail string
	// Container is the container that the text is about; empty if it is about none.
	Container string
	// FailedAt is when an init container failed; zero unless Cause is Init. The
	// kubelet gives whole seconds.
	FailedAt time.Time
	// Running says that all containers run, and Ready that all of them are ready.
	Running, Ready bool
	// Run identifies this run of the containers: a new run begins when one of them
	// restarts. Empty unless Running.
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

// PullFailedTwice says whether at least two pulls of an image have failed.
func (s State) PullFailedTwice() bool { return s.Cause == Pull && s.Reason == reasonPullBackOff }

// String is the text, with the detail unless the text contains it.
func (s State) String() string {
	if s.Detail == "" || strings.Contains(s.Text, s.Detail) {
		return s.Text
	}
	return s.Text + ": " + s.Detail
}

func unscheduled(pod *corev1.Pod) State {
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			return State{Text: "no node fits the pod: " + c.Message, Cause: Unschedulable, Reason: c.Reason, Detail: c.Message}
		}
	}
	return State{Text: "pod " + pod.Name + " waits for a node"}
}

func starting(pod *corev1.Pod) State {
	return State{Text: "starting on node " + pod.Spec.NodeName}
}

// initState says how far the init container has come that the pod waits for. What it
// said last is why the pod does not start.
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
		return State{Text: c.Name + " is running", Container: c.Name}
	}
	return starting(pod)
}

// containersState is the state of the first container that does not run.
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
			if lacksProgram(last.Message) {
				s.Cause = Invalid
			}
		}
		return s
	case c.State.Terminated != nil:
		s := State{Text: "the " + name + " " + ExitText(c.State.Terminated), Reason: c.State.Terminated.Reason, Container: c.Name}
		if lacksProgram(c.State.Terminated.Message) {
			s.Cause = Invalid
		}
		return s
	}
	return starting(pod)
}

// imageOf is the container's image as the pod's specification names it: the status may
// have another name for it, or none.
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

// waitingState explains the reason that the kubelet gives.
func waitingState(wait *corev1.ContainerStateWaiting, name, image string) State {
	s := State{Reason: wait.Reason, Detail: wait.Message}
	switch wait.Reason {
	case "ErrImagePull", reasonPullBackOff:
		s.Cause, s.Text = Pull, "image "+image+" cannot be pulled ("+wait.Reason+")"
	case "InvalidImageName":
		s.Cause, s.Text = Invalid, fmt.Sprintf("%q is not a valid image name", image)
	case "CrashLoopBackOff":
		s.Cause, s.Text = Crash, "the "+name+" keeps ending (CrashLoopBackOff)"
	case "ErrImageNeverPull", "CreateContainerConfigError":
		s.Cause, s.Text = Invalid, "the "+name+" cannot be created ("+wait.Reason+")"
	default:
		s.Text = "the " + name + " cannot be created (" + wait.Reason + ")"
		if lacksProgram(wait.Message) {
			s.Cause, s.Detail = Invalid, withHint(wait.Message)
		}
	}
	return s
}

// noProgram are the messages of runc, by containerd and by CRI-O, and of crun for a command that
// the image does not have. Sources: opencontainers/runc, libcontainer (exec.LookPath), 1.4;
// containers/crun, src/libcrun/container.c, 1.26.
var noProgram = regexp.MustCompile("exec(utable file)? .*not found in \\$PATH|exec: \"[^\"]*\": stat [^:]*: no such file or directory|executable file `[^`]*` not found")

func lacksProgram(message string) bool { return noProgram.MatchString(message) }

// withHint says what to do about a command that the image does not have.
func withHint(message string) string {
	if !lacksProgram(message) {
		return message
	}
	return message + "; the image has no such program: give the path of its Python with --python, or another image"
}

// ExitText says how a container has ended.
func ExitText(end *corev1.ContainerStateTerminated) string {
	text := fmt.Sprintf("ended with exit code %d", end.ExitCode)
	if end.Reason != "" && end.Reason != "Error" {
		text += " (" + end.Reason + ")"
	}
	if message := strings.TrimSpace(end.Message); message != "" {
		text += ": " + withHint(message)
	}
	return text
}
