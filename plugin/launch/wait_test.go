package launch

import (
	"context"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	testingclock "k8s.io/utils/clock/testing"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
)

// plays creates a ReplicaSet and a pod for every Deployment, as the controllers would;
// change sets their state.
func (b *bench) plays(change func(set *appsv1.ReplicaSet, pod *corev1.Pod)) {
	b.RunDeployments(func(set *appsv1.ReplicaSet, pod *corev1.Pod) {
		pod.Spec.NodeName, pod.Status = "", corev1.PodStatus{}
		change(set, pod)
	})
}

func running(pod *corev1.Pod, ready bool) {
	pod.Spec.NodeName = "node0"
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{
		Name: "nvflare", Ready: ready, ContainerID: "containerd://1",
		State: corev1.ContainerState{Running: &corev1.ContainerStateRunning{StartedAt: metav1.Now()}},
	}}
}

func waiting(pod *corev1.Pod, reason, message string) {
	pod.Spec.NodeName = "node0"
	pod.Status.ContainerStatuses = []corev1.ContainerStatus{{
		Name:  "nvflare",
		State: corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: reason, Message: message}},
	}}
}

// verifying has flare-verify end with a message.
func verifying(pod *corev1.Pod, code int32, at time.Time) {
	pod.Spec.NodeName = "node0"
	pod.Status.InitContainerStatuses = []corev1.ContainerStatus{{
		Name: "flare-verify",
		State: corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{
			ExitCode: code, Reason: "Error", Message: "startup/client.key: changed since it was sealed\n", FinishedAt: metav1.NewTime(at),
		}},
	}}
}

// What flare-verify says is the reason why the participant does not start.
func TestVerifierFails(t *testing.T) {
	b := newBench(t)
	b.plays(func(_ *appsv1.ReplicaSet, pod *corev1.Pod) { verifying(pod, 1, time.Now().AddDate(1, 0, 0)) })
	_, _, err := b.launch(b.client(), image, "--timeout=20s")
	wants(t, err, `"Site_2" in namespace "ns" does not start: flare-verify ended with exit code 1: startup/client.key: changed since it was sealed`)
}

// What flare-verify said before this launch is not: the kit may be correct by now.
func TestVerifierFailedBefore(t *testing.T) {
	b := newBench(t)
	b.plays(func(_ *appsv1.ReplicaSet, pod *corev1.Pod) { verifying(pod, 1, time.Now().AddDate(-1, 0, 0)) })
	err := b.launchUntil("flare-verify ended", context.DeadlineExceeded, b.client(), image)
	wants(t, err, `"Site_2" is not registered after`)
}

const registeredLine = "2026-11-23 09:00:00,000 - \x1b[32mFederatedClient - INFO - Successfully registered client:Site_2 for project lab_federation. Token:abc SSID:\x1b[0m\n"

func TestClientRegisters(t *testing.T) {
	b := newBench(t)
	b.plays(func(_ *appsv1.ReplicaSet, pod *corev1.Pod) { running(pod, true) })
	b.SetLog("site-2-809cb9ad-pod", "starting\n"+registeredLine)
	out, _, err := b.launch(b.client(), image)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, out, "Site_2: running, registering with grpc://server1.ns.svc.cluster.local:8002\n", "Site_2: registered with federation lab_federation\n")
}

func TestClientOfAnotherNameDoesNotCount(t *testing.T) {
	b := newBench(t)
	b.plays(func(_ *appsv1.ReplicaSet, pod *corev1.Pod) { running(pod, true) })
	b.SetLog("site-2-809cb9ad-pod", strings.ReplaceAll(registeredLine, "Site_2", "Site_20"))
	err := b.launchUntil("registering with", context.DeadlineExceeded, b.client(), image)
	wants(t, err, `"Site_2" is not registered after`, "registering with grpc://", "the last lines of its log", "client:Site_20")
	if strings.Contains(err.Error(), "\x1b") {
		t.Error("the error is coloured")
	}
}

func TestServerIsReady(t *testing.T) {
	b := newBench(t)
	b.plays(func(_ *appsv1.ReplicaSet, pod *corev1.Pod) { running(pod, true) })
	out, _, err := b.launch(b.server(), image)
	if err != nil {
		t.Fatal(err)
	}
	contains(t, out, "server1: ready\n")
}

func TestProgressLeavesStructuredOutputAlone(t *testing.T) {
	b := newBench(t)
	b.plays(func(_ *appsv1.ReplicaSet, pod *corev1.Pod) { running(pod, true) })
	out, errOut, err := b.launch(b.server(), image, "-o=name")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, errOut, "server1: ready\n")
	if strings.Contains(out, "ready") {
		t.Errorf("progress on standard output:\n%s", out)
	}
}

// stuck is a pod, or the lack of one, that waiting does not fix.
type stuck struct {
	change func(set *appsv1.ReplicaSet, pod *corev1.Pod)
	log    string
	want   []string
}

// check launches, and expects the reason long before the timeout.
func (tc stuck) check(t *testing.T) {
	t.Helper()
	b := newBench(t)
	b.plays(tc.change)
	b.SetLog("site-2-809cb9ad-pod", tc.log)
	b.Put(&corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Name: "site-2-809cb9ad-workspace", Namespace: "ns"},
		Status:     corev1.PersistentVolumeClaimStatus{Phase: corev1.ClaimPending},
	})
	_, _, err := b.launch(b.client(), image, "--timeout=20s")
	wants(t, err, append(tc.want, `"Site_2"`)...)
}

func TestStuckPods(t *testing.T) {
	for name, tc := range map[string]stuck{
		"image": {
			change: func(_ *appsv1.ReplicaSet, pod *corev1.Pod) {
				waiting(pod, "ImagePullBackOff", "Back-off pulling: not found")
			},
			want: []string{"cannot be pulled", "registry.example.org/nvflare:2.9.0", "--image-pull-secret"},
		},
		"image name": {
			change: func(_ *appsv1.ReplicaSet, pod *corev1.Pod) { waiting(pod, "InvalidImageName", "couldn't parse") },
			want:   []string{"is not a valid image name"},
		},
		"configuration": {
			change: func(_ *appsv1.ReplicaSet, pod *corev1.Pod) {
				waiting(pod, "CreateContainerConfigError", `secret "x" not found`)
			},
			want: []string{"CreateContainerConfigError", `secret "x" not found`},
		},
		"crash": {
			change: func(_ *appsv1.ReplicaSet, pod *corev1.Pod) {
				waiting(pod, "CrashLoopBackOff", "back-off 10s")
				pod.Status.ContainerStatuses[0].LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: 103}
			},
			log:  "\x1b[31mConfigError: num_of_gpus\x1b[0m\n",
			want: []string{"exit code 103", "the last lines of its log:\n  ConfigError: num_of_gpus"},
		},
		"no node": {
			change: func(_ *appsv1.ReplicaSet, pod *corev1.Pod) {
				unschedulable(pod, "0/1 nodes are available: 1 Insufficient cpu.")
			},
			want: []string{"no node fits the pod", "Insufficient cpu"},
		},
		"no storage class": {
			change: func(_ *appsv1.ReplicaSet, pod *corev1.Pod) {
				unschedulable(pod, "pod has unbound immediate PersistentVolumeClaims")
			},
			want: []string{"no default StorageClass: give --storage-class NAME"},
		},
	} {
		t.Run(name, tc.check)
	}
}

func TestDeniedPods(t *testing.T) {
	noPod := func(pod *corev1.Pod) { pod.Name = "" }
	for name, tc := range map[string]stuck{
		"pod security": {
			change: func(set *appsv1.ReplicaSet, pod *corev1.Pod) {
				noPod(pod)
				failing(set, `pods "x" is forbidden: violates PodSecurity "restricted:latest": runAsNonRoot != true`)
			},
			want: []string{`Pod Security level "restricted:latest" denies the pod`},
		},
		"webhook": {
			change: func(set *appsv1.ReplicaSet, pod *corev1.Pod) {
				noPod(pod)
				failing(set, `admission webhook "pods.kubectl-flare.dev" denied the request: spec.containers[0].image: not allowed`)
			},
			want: []string{`admission webhook "pods.kubectl-flare.dev" denied the request: spec.containers[0].image: not allowed`},
		},
		"quota": {
			change: func(set *appsv1.ReplicaSet, pod *corev1.Pod) {
				noPod(pod)
				failing(set, `pods "x" is forbidden: exceeded quota: q, requested: pods=1, used: pods=1, limited: pods=1`)
			},
			want: []string{"quota is exhausted: q, requested: pods=1"},
		},
	} {
		t.Run(name, tc.check)
	}
}

func unschedulable(pod *corev1.Pod, message string) {
	pod.Status.Conditions = []corev1.PodCondition{{
		Type: corev1.PodScheduled, Status: corev1.ConditionFalse, Reason: corev1.PodReasonUnschedulable, Message: message,
	}}
}

func failing(set *appsv1.ReplicaSet, message string) {
	set.Status.Conditions = []appsv1.ReplicaSetCondition{{
		Type: appsv1.ReplicaSetReplicaFailure, Status: corev1.ConditionTrue, Reason: "FailedCreate", Message: message,
	}}
}

func TestInterrupted(t *testing.T) {
	b := newBench(t)
	b.plays(func(_ *appsv1.ReplicaSet, pod *corev1.Pod) { running(pod, false) })
	err := b.launchUntil("not ready yet", context.Canceled, b.server(), image)
	wants(t, err, "interrupted", "not ready yet")
}

// The cause of a denial in an earlier launch may be gone: the controller, which waits
// longer and longer between its attempts, is made to try now. The clock of the second
// launch does not run, so that its grace does not end on a busy machine.
func TestAnOldDenialIsRetried(t *testing.T) {
	b := newBench(t)
	b.plays(func(set *appsv1.ReplicaSet, pod *corev1.Pod) {
		pod.Name = ""
		failing(set, `pods "x" is forbidden: exceeded quota: q, requested: pods=1`)
	})
	dir := b.server()
	_, _, err := b.launch(dir, image)
	wants(t, err, "quota is exhausted")

	b.OnWrite = func(obj *unstructured.Unstructured) {
		if obj.GetKind() != "ReplicaSet" {
			return
		}
		pod := &corev1.Pod{ObjectMeta: metav1.ObjectMeta{
			Name: "server1-pod", Namespace: "ns", UID: "pod", Labels: obj.GetLabels(),
			OwnerReferences: []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: "ReplicaSet", Name: obj.GetName(), UID: obj.GetUID(), Controller: new(true)}},
		}}
		running(pod, true)
		b.Put(pod)
	}
	out, _, err := clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
		return NewCommand(b.Clients("ns"), registries(), streams, testingclock.NewFakeClock(time.Now()))
	}, dir, image, "--timeout=1m")
	if err != nil {
		t.Fatal(err)
	}
	contains(t, out, "server1: ready\n")
}
