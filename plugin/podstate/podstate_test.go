package podstate_test

import (
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/podstate"
)

// pod is one of one container on a node, changed.
func pod(changes ...func(*corev1.Pod)) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "p", UID: "u"},
		Spec:       corev1.PodSpec{NodeName: "node0", Containers: []corev1.Container{{Name: "a", Image: "registry.example.org/a:1"}}},
	}
	for _, c := range changes {
		c(p)
	}
	return p
}

func container(name string, s corev1.ContainerState, change ...func(*corev1.ContainerStatus)) func(*corev1.Pod) {
	status := corev1.ContainerStatus{Name: name, ContainerID: "containerd://" + name, State: s}
	for _, c := range change {
		c(&status)
	}
	return func(p *corev1.Pod) { p.Status.ContainerStatuses = append(p.Status.ContainerStatuses, status) }
}

func initContainer(s corev1.ContainerState, change ...func(*corev1.ContainerStatus)) func(*corev1.Pod) {
	status := corev1.ContainerStatus{Name: "flare-verify", Image: "registry.example.org/kit:1", State: s}
	for _, c := range change {
		c(&status)
	}
	return func(p *corev1.Pod) { p.Status.InitContainerStatuses = append(p.Status.InitContainerStatuses, status) }
}

// What runc says, by containerd and by CRI-O, of an image without the program.
const (
	noPython   = `failed to create containerd task: failed to create shim task: OCI runtime create failed: runc create failed: unable to start container process: error during container init: exec: "python3": executable file not found in $PATH: unknown`
	noPath     = `failed to create containerd task: unable to start container process: exec: "/opt/conda/bin/python3.12": stat /opt/conda/bin/python3.12: no such file or directory: unknown`
	noCRIO     = "container create failed: executable file `python3` not found in $PATH: No such file or directory"
	withPython = "; the image has no such program: give the path of its Python with --python, or another image"
)

func waiting(reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}}
}

func ended(code int32, reason, message string) corev1.ContainerState {
	return corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
		ExitCode: code, Reason: reason, Message: message, FinishedAt: metav1.NewTime(at),
	}}
}

func before(code int32) func(*corev1.ContainerStatus) {
	return func(c *corev1.ContainerStatus) { c.LastTerminationState = ended(code, "Error", "") }
}

func ready(c *corev1.ContainerStatus) { c.Ready = true }

func phase(p corev1.PodPhase) func(*corev1.Pod) {
	return func(pod *corev1.Pod) {
		pod.Status.Phase, pod.Status.Reason, pod.Status.Message = p, "DeadlineExceeded", "too long"
	}
}

func nowhere(p *corev1.Pod) { p.Spec.NodeName = "" }

func unschedulable(p *corev1.Pod) {
	p.Status.Conditions = []corev1.PodCondition{{
		Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable, Message: "0/1 nodes",
	}}
}

var (
	at  = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)
	run = corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
)

func TestOf(t *testing.T) {
	for name, tc := range map[string]struct {
		pod  *corev1.Pod
		want podstate.State
	}{
		"no node yet":      {pod(nowhere), podstate.State{Text: "pod p waits for a node"}},
		"no node takes it": {pod(nowhere, unschedulable), podstate.State{Text: "no node fits the pod: 0/1 nodes", Cause: podstate.Unschedulable, Reason: "Unschedulable", Detail: "0/1 nodes"}},
		"on a node":        {pod(), podstate.State{Text: "starting on node node0"}},
		"being made":       {pod(container("a", waiting("ContainerCreating", ""))), podstate.State{Text: "starting on node node0"}},
		"runs":             {pod(container("a", run)), podstate.State{Text: "running", Running: true, Run: "u/containerd://a "}},
		"is ready":         {pod(container("a", run, ready)), podstate.State{Text: "running", Running: true, Ready: true, Run: "u/containerd://a "}},
		"one of two":       {pod(container("a", run, ready), container("b", run)), podstate.State{Text: "running", Running: true, Run: "u/containerd://a u/containerd://b "}},
		"one of two ended": {pod(container("a", run, ready), container("b", ended(1, "Error", "no"))), podstate.State{Text: "the container b ended with exit code 1: no", Reason: "Error", Container: "b"}},
		"pull":             {pod(container("a", waiting("ErrImagePull", "not found"))), podstate.State{Text: "image registry.example.org/a:1 cannot be pulled (ErrImagePull)", Cause: podstate.Pull, Reason: "ErrImagePull", Detail: "not found", Container: "a"}},
		"image name":       {pod(container("a", waiting("InvalidImageName", "bad"))), podstate.State{Text: `"registry.example.org/a:1" is not a valid image name`, Cause: podstate.Invalid, Reason: "InvalidImageName", Detail: "bad", Container: "a"}},
		"configuration":    {pod(container("a", waiting("CreateContainerConfigError", "no x"))), podstate.State{Text: "the container cannot be created (CreateContainerConfigError)", Cause: podstate.Invalid, Reason: "CreateContainerConfigError", Detail: "no x", Container: "a"}},
		"no program": {
			pod(container("a", waiting("RunContainerError", noPython))),
			podstate.State{Text: "the container cannot be created (RunContainerError)", Cause: podstate.Invalid, Reason: "RunContainerError", Detail: noPython + withPython, Container: "a"},
		},
		"no program, ended": {
			pod(container("a", ended(128, "StartError", noPath))),
			podstate.State{Text: "the container ended with exit code 128 (StartError): " + noPath + withPython, Cause: podstate.Invalid, Reason: "StartError", Container: "a"},
		},
		"no program, again": {
			pod(container("a", waiting("CrashLoopBackOff", "back-off"), func(c *corev1.ContainerStatus) { c.LastTerminationState = ended(128, "StartError", noCRIO) })),
			podstate.State{Text: "the container keeps ending (CrashLoopBackOff)", Cause: podstate.Invalid, Reason: "CrashLoopBackOff", Detail: "ended with exit code 128 (StartError): " + noCRIO + withPython, Container: "a"},
		},
		"another reason":    {pod(container("a", waiting("RunContainerError", "no"))), podstate.State{Text: "the container cannot be created (RunContainerError)", Reason: "RunContainerError", Detail: "no", Container: "a"}},
		"crash":             {pod(container("a", waiting("CrashLoopBackOff", "back-off"), before(3))), podstate.State{Text: "the container keeps ending (CrashLoopBackOff)", Cause: podstate.Crash, Reason: "CrashLoopBackOff", Detail: "ended with exit code 3", Container: "a"}},
		"out of memory":     {pod(container("a", ended(137, "OOMKilled", ""))), podstate.State{Text: "the container ended with exit code 137 (OOMKilled)", Reason: "OOMKilled", Container: "a"}},
		"init runs":         {pod(initContainer(run)), podstate.State{Text: "flare-verify is running", Container: "flare-verify"}},
		"init waits":        {pod(initContainer(waiting("PodInitializing", ""))), podstate.State{Text: "starting on node node0"}},
		"init failed":       {pod(initContainer(ended(1, "Error", "client.key: was changed\n"))), podstate.State{Text: "flare-verify ended with exit code 1: client.key: was changed", Cause: podstate.Init, FailedAt: at, Container: "flare-verify"}},
		"init failed again": {pod(initContainer(waiting("CrashLoopBackOff", ""), before(1))), podstate.State{Text: "flare-verify ended with exit code 1", Cause: podstate.Init, FailedAt: at, Container: "flare-verify"}},
		"init image":        {pod(initContainer(waiting("ErrImagePull", "x"))), podstate.State{Text: "flare-verify: image registry.example.org/kit:1 cannot be pulled (ErrImagePull)", Cause: podstate.Pull, Reason: "ErrImagePull", Detail: "x", Container: "flare-verify"}},
		"init is done":      {pod(initContainer(ended(0, "Completed", ""), ready), container("a", run)), podstate.State{Text: "running", Running: true, Run: "u/containerd://a "}},
		"failed":            {pod(phase(corev1.PodFailed)), podstate.State{Text: "pod p has ended", Cause: podstate.Ended, Reason: "DeadlineExceeded", Detail: "DeadlineExceeded too long"}},
		"succeeded":         {pod(phase(corev1.PodSucceeded)), podstate.State{Text: "pod p has ended", Cause: podstate.Ended, Reason: "DeadlineExceeded", Detail: "DeadlineExceeded too long"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Empty(t, cmp.Diff(tc.want, podstate.Of(tc.pod)))
		})
	}
}

func TestRunChangesWithAContainer(t *testing.T) {
	first := podstate.Of(pod(container("a", run), container("b", run)))
	again := podstate.Of(pod(container("a", run), container("b", run, func(c *corev1.ContainerStatus) { c.ContainerID = "containerd://b2" })))
	require.NotEqual(t, first.Run, again.Run)
}

func TestPullFailedTwice(t *testing.T) {
	require.False(t, podstate.Of(pod(container("a", waiting("ErrImagePull", "")))).PullFailedTwice())
	require.True(t, podstate.Of(pod(container("a", waiting("ImagePullBackOff", "")))).PullFailedTwice())
}

func TestString(t *testing.T) {
	require.Equal(t, "image registry.example.org/a:1 cannot be pulled (ErrImagePull): not found", podstate.Of(pod(container("a", waiting("ErrImagePull", "not found")))).String())
	require.Equal(t, "no node fits the pod: 0/1 nodes", podstate.Of(pod(nowhere, unschedulable)).String())
	require.Equal(t, "running", podstate.Of(pod(container("a", run))).String())
}
