package rollout_test

import (
	"bytes"
	"context"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/rollout"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	toyworkloads "github.com/kubectl-flare/kubectl-flare/plugin/workloads/toy"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
)

// leaf is a participant of two workloads in a cluster.
type leaf struct {
	*clientstest.Server
	set *workloads.Set
}

// newLeaf creates the pods of both workloads; change sets their state.
func newLeaf(t *testing.T, change func(*corev1.Pod)) leaf {
	t.Helper()
	set, err := toyworkloads.Workloads{}.Objects(workloads.Participant{Namespace: "fl", Settings: workloads.Settings{Image: "registry.example.org/toy:1.0"}}, workloadstest.Toy(t, toy.RoleLeaf, "leaf-1"))
	require.NoError(t, err)
	l := leaf{clientstest.Start(t), set}
	for _, obj := range set.Objects() {
		d, ok := obj.(*appsv1.Deployment)
		if !ok {
			continue
		}
		l.Put(d)
		stored, _ := l.Get("deployments", "fl", d.Name)
		d.UID = stored.GetUID()
		owned := func(kind, name string) []metav1.OwnerReference {
			uid := d.UID
			if kind == "ReplicaSet" {
				uid = d.UID + "-set"
			}
			return []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: kind, Name: name, UID: uid, Controller: new(true)}}
		}
		l.Put(&appsv1.ReplicaSet{
			ObjectMeta: metav1.ObjectMeta{Name: d.Name + "-1", Namespace: "fl", UID: d.UID + "-set", Labels: d.Spec.Template.Labels, OwnerReferences: owned("Deployment", d.Name)},
			Spec:       appsv1.ReplicaSetSpec{Template: d.Spec.Template},
		})
		pod := clientstest.RunningPod(d, time.Now())
		pod.OwnerReferences = owned("ReplicaSet", d.Name+"-1")
		change(pod)
		l.Put(pod)
	}
	return l
}

// wait follows the leaf, long enough for a busy machine.
func (l leaf) wait(t *testing.T, change ...func(*rollout.Target)) (string, error) {
	t.Helper()
	return l.waitFor(t, time.Minute, change...)
}

func (l leaf) waitFor(t *testing.T, timeout time.Duration, change ...func(*rollout.Target)) (string, error) {
	t.Helper()
	var out bytes.Buffer
	w, err := rollout.NewWaiter(l.Clients("fl"), &out, clientstest.FastClock(t, time.Now()))
	require.NoError(t, err)
	target := rollout.Target{
		Namespace: "fl", Participant: "leaf-1", Federation: "playground", Server: "http://hub-1:9000",
		Workloads: l.set.Workloads, Joiner: toyworkloads.Workloads{},
	}
	for _, c := range change {
		c(&target)
	}
	ctx, cancel := context.WithTimeout(t.Context(), timeout)
	defer cancel()
	err = w.Wait(ctx, target)
	return out.String(), err
}

func notReady(container string) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		for i := range p.Status.ContainerStatuses {
			c := &p.Status.ContainerStatuses[i]
			c.Ready = c.Name != container
		}
	}
}

func TestAllWorkloadsAreUp(t *testing.T) {
	out, err := newLeaf(t, func(*corev1.Pod) {}).wait(t)
	require.NoError(t, err)
	require.Contains(t, out, "leaf-1 (leaf-1): registered with federation playground\n")
	require.Contains(t, out, "leaf-1 (leaf-1-worker): ready\n")
}

// The pod of the first workload says that it has joined; the second workload is up when
// it is ready.
func TestJoinsByHTTP(t *testing.T) {
	l := newLeaf(t, func(p *corev1.Pod) {
		if p.Name == "leaf-1-pod" {
			notReady("toy")(p)
		}
	})
	time.AfterFunc(100*time.Millisecond, func() { l.SetBody("leaf-1-pod:9000", `{"joined":true}`) })
	out, err := l.wait(t)
	require.NoError(t, err)
	require.Contains(t, out, "leaf-1 (leaf-1): running, registering with http://hub-1:9000\n")
	require.Contains(t, out, "leaf-1 (leaf-1): registered with federation playground\n")
	require.Equal(t, 1, strings.Count(out, "leaf-1 (leaf-1-worker): ready\n"), out)
}

func TestOneWorkloadIsLate(t *testing.T) {
	l := newLeaf(t, func(p *corev1.Pod) {
		if p.Name == "leaf-1-worker-pod" {
			notReady("relay")(p)
		}
	})
	l.SetLog("leaf-1-worker-pod/toy", "waiting for the hub\n")
	_, err := l.waitFor(t, 3*time.Second)
	require.ErrorContains(t, err, `"leaf-1" (leaf-1-worker) is not ready after`)
	require.ErrorContains(t, err, "the last lines of its log:\n  waiting for the hub")
}

// The second container of the second workload ends.
func TestOneContainerCrashes(t *testing.T) {
	l := newLeaf(t, func(p *corev1.Pod) {
		if p.Name != "leaf-1-worker-pod" {
			return
		}
		c := &p.Status.ContainerStatuses[1]
		c.State = corev1.ContainerState{Waiting: &corev1.ContainerStateWaiting{Reason: "CrashLoopBackOff"}}
		c.LastTerminationState.Terminated = &corev1.ContainerStateTerminated{ExitCode: 3}
	})
	l.SetLog("leaf-1-worker-pod/relay", "no hub\n")
	_, err := l.wait(t)
	require.ErrorContains(t, err, `"leaf-1" (leaf-1-worker) in namespace "fl" does not start: the container relay keeps ending (CrashLoopBackOff): ended with exit code 3`)
	require.ErrorContains(t, err, "the last lines of its log:\n  no hub")
}

// Without a Joiner, a participant is up when its pods are ready.
func TestWithoutJoiner(t *testing.T) {
	out, err := newLeaf(t, func(*corev1.Pod) {}).wait(t, func(target *rollout.Target) { target.Joiner = nil })
	require.NoError(t, err)
	require.Contains(t, out, "leaf-1 (leaf-1): ready\n")
}

func TestOnDemandIsUpAtOnce(t *testing.T) {
	out, err := newLeaf(t, func(*corev1.Pod) {}).wait(t, func(target *rollout.Target) {
		target.Workloads = []workloads.Workload{{Kind: workloads.KindCronJob, Name: "lead"}}
	})
	require.NoError(t, err)
	require.Empty(t, out)
}
