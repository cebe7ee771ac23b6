package participants_test

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	toyworkloads "github.com/kubectl-flare/kubectl-flare/plugin/workloads/toy"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

var at = time.Date(2030, 1, 1, 12, 0, 0, 0, time.UTC)

// leaf are the objects of a participant with two workloads.
func leaf(t *testing.T, name string) []runtime.Object {
	t.Helper()
	objects, err := clientstest.LaunchedAs(toyworkloads.Workloads{}, "fl", workloadstest.Toy(t, toy.RoleLeaf, name), at)
	require.NoError(t, err)
	return objects
}

func deployments(objects []runtime.Object) []*appsv1.Deployment {
	var all []*appsv1.Deployment
	for _, obj := range objects {
		if d, ok := obj.(*appsv1.Deployment); ok {
			all = append(all, d)
		}
	}
	return all
}

func cluster(t *testing.T, objects ...runtime.Object) (*clientstest.Server, kubernetes.Interface) {
	t.Helper()
	server := clientstest.Start(t, objects...)
	typed, err := server.Clients("fl").Typed()
	require.NoError(t, err)
	return server, typed
}

func TestListGroupsWorkloads(t *testing.T) {
	admin, err := clientstest.Launched("fl", workloadstest.Accept(t, kittest.NewFederation(t, "demo").Admin("lead@hospital-a.org", "hospital_a", "lead").Read()), at)
	require.NoError(t, err)
	objects := append(leaf(t, "Leaf_1"), admin...)
	deployments(objects)[1].Status.ReadyReplicas = 1
	_, typed := cluster(t, objects...)
	all, err := participants.List(t.Context(), typed, "fl")
	require.NoError(t, err)
	require.Len(t, all, 2)

	p := all[0]
	require.Equal(t, "Leaf_1", p.Name)
	require.Equal(t, kit.ObjectName("Leaf_1"), p.ObjectName)
	require.Equal(t, "toy", p.Framework)
	require.Equal(t, toy.RoleLeaf, p.Role)
	require.True(t, p.NotAfter.IsZero())
	require.False(t, p.OnDemand())
	require.Len(t, p.Workloads, 2)
	require.Equal(t, workloads.Workload{Kind: "Deployment", Name: p.ObjectName + "-worker", Component: "worker", Role: toy.RoleLeaf}, p.Workloads[1].Workload)
	require.Equal(t, []int32{0, 1, 1, 1}, []int32{p.Workloads[0].Ready, p.Workloads[1].Ready, p.Workloads[0].Wanted, p.Workloads[1].Wanted})
	require.Equal(t, "registry.example.org/toy:1.0", p.Workloads[0].Image())

	require.True(t, all[1].OnDemand())
	require.Equal(t, "nvflare", all[1].Framework)
}

// Somebody removed every annotation and the label with the instance: the objects
// still are participants, by their own names.
func TestListWithoutAnnotations(t *testing.T) {
	objects := leaf(t, "leaf-1")
	for _, d := range deployments(objects) {
		d.Annotations = nil
		delete(d.Labels, names.LabelAppInstance)
	}
	_, typed := cluster(t, objects...)
	all, err := participants.List(t.Context(), typed, "fl")
	require.NoError(t, err)
	require.Len(t, all, 2)
	require.Equal(t, "leaf-1", all[0].Name)
	require.Equal(t, "leaf-1-worker", all[1].Name)
}

func TestPodsOfWorkloads(t *testing.T) {
	objects := leaf(t, "leaf-1")
	both := deployments(objects)
	old := clientstest.RunningPod(both[0], at)
	old.Name = "old"
	leaving := clientstest.RunningPod(both[1], at)
	leaving.CreationTimestamp, leaving.Name = metav1.NewTime(at.Add(time.Hour)), "leaving"
	leaving.DeletionTimestamp = new(metav1.NewTime(at))
	newer := clientstest.RunningPod(both[0], at)
	newer.CreationTimestamp = metav1.NewTime(at.Add(time.Minute))
	job := clientstest.RunningPod(both[0], at)
	job.Name, job.CreationTimestamp = "job", metav1.NewTime(at.Add(time.Hour))
	job.Labels = map[string]string{names.LabelParticipant: "leaf-1", names.LabelRole: "job", names.LabelAppInstance: "leaf-1"}
	_, typed := cluster(t, append(objects, old, newer, leaving, clientstest.RunningPod(both[1], at), job)...)

	all, err := participants.List(t.Context(), typed, "fl")
	require.NoError(t, err)
	pods, err := participants.ListPods(t.Context(), typed, "fl")
	require.NoError(t, err)
	require.Equal(t, "leaf-1-pod", pods.Of(all[0], all[0].Workloads[0]).Name)
	require.Equal(t, "leaf-1-worker-pod", pods.Of(all[0], all[0].Workloads[1]).Name)
}

func TestFind(t *testing.T) {
	all := []participants.Participant{{Name: "Site_2"}, {Name: "site-1"}}
	for arg, want := range map[string]string{"Site_2": "Site_2", kit.ObjectName("Site_2"): "Site_2", "site-1": "site-1", "site-2": ""} {
		p, ok := participants.Find(all, arg)
		require.Equal(t, want, p.Name)
		require.Equal(t, want != "", ok)
	}
	require.ErrorContains(t, participants.NotFound(all, "x", "fl"), "its participants are Site_2, site-1")
	require.ErrorContains(t, participants.NotFound(nil, "x", "fl"), "give the participant's namespace with -n")
}

// look is one at a running pod of a leaf.
func look(t *testing.T, prepare func(*clientstest.Server, *corev1.Pod)) participants.Look {
	t.Helper()
	pod := clientstest.RunningPod(deployments(leaf(t, "leaf-1"))[0], at)
	server, typed := cluster(t)
	prepare(server, pod)
	return participants.Look{Typed: typed, Pod: pod}
}

func refusal(resource string) func(string, string, string, bool) *apierrors.StatusError {
	return func(_, asked, name string, _ bool) *apierrors.StatusError {
		if asked != resource {
			return nil
		}
		return apierrors.NewForbidden(schema.GroupResource{Resource: resource}, name, nil)
	}
}

func TestLookAtLog(t *testing.T) {
	const joined = "joined\n"
	for name, tc := range map[string]struct {
		prepare func(*clientstest.Server, *corev1.Pod)
		want    workloads.Joining
		fail    bool
	}{
		"the line is there":     {func(s *clientstest.Server, p *corev1.Pod) { s.SetLog(p.Name, "2030-01-01T12:00:01Z starting\n"+joined) }, workloads.Joined, false},
		"of another container":  {func(s *clientstest.Server, p *corev1.Pod) { s.SetLog(p.Name+"/relay", joined) }, workloads.NotJoined, false},
		"no line":               {func(s *clientstest.Server, p *corev1.Pod) { s.SetLog(p.Name, "2030-01-01T12:00:01Z starting\n") }, workloads.NotJoined, false},
		"the beginning is gone": {func(s *clientstest.Server, p *corev1.Pod) { s.SetLog(p.Name, "2030-01-01T12:45:00Z round 3\n") }, workloads.JoiningUnknown, false},
		"too long": {func(s *clientstest.Server, p *corev1.Pod) {
			s.SetLog(p.Name, strings.Repeat("2030-01-01T12:00:01Z x\n", 1<<16))
		}, workloads.JoiningUnknown, false},
		"it may not be read": {func(s *clientstest.Server, _ *corev1.Pod) { s.Deny = refusal("pods/log") }, workloads.JoiningUnknown, true},
		"the container does not run": {func(_ *clientstest.Server, p *corev1.Pod) {
			p.Status.ContainerStatuses[0].State = corev1.ContainerState{}
		}, workloads.NotJoined, false},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := look(t, tc.prepare).Log(t.Context(), "toy", func(line string) bool { return strings.Contains(line, "joined") })
			require.Equal(t, tc.want, got)
			require.Equal(t, tc.fail, err != nil)
		})
	}
}

func TestLookAtBody(t *testing.T) {
	for name, tc := range map[string]struct {
		prepare func(*clientstest.Server, *corev1.Pod)
		want    workloads.Joining
		fail    bool
	}{
		"it says so":       {func(s *clientstest.Server, p *corev1.Pod) { s.SetBody(p.Name+":9000", "joined") }, workloads.Joined, false},
		"it says no":       {func(s *clientstest.Server, p *corev1.Pod) { s.SetBody(p.Name+":9000", "alone") }, workloads.NotJoined, false},
		"another port":     {func(s *clientstest.Server, p *corev1.Pod) { s.SetBody(p.Name+":80", "joined") }, workloads.NotJoined, false},
		"may not be asked": {func(s *clientstest.Server, _ *corev1.Pod) { s.Deny = refusal("pods/proxy") }, workloads.JoiningUnknown, true},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := look(t, tc.prepare).HTTP(t.Context(), 9000, "/ready", func(body []byte) bool { return string(body) == "joined" })
			require.Equal(t, tc.want, got)
			require.Equal(t, tc.fail, err != nil)
		})
	}
}
