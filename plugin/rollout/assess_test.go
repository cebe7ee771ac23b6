package rollout

import (
	"strings"
	"testing"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

func template(image string) corev1.PodTemplateSpec {
	return corev1.PodTemplateSpec{Spec: corev1.PodSpec{Containers: []corev1.Container{{Name: "nvflare", Image: image}}}}
}

func owner(kind string, uid types.UID) []metav1.OwnerReference {
	return []metav1.OwnerReference{{Kind: kind, UID: uid, Controller: new(true)}}
}

func deployment(image string) *appsv1.Deployment {
	return &appsv1.Deployment{
		ObjectMeta: metav1.ObjectMeta{Name: "site-1", UID: "d"},
		Spec:       appsv1.DeploymentSpec{Template: template(image)},
	}
}

// set is a ReplicaSet as the controller makes it, with its own label.
func set(uid types.UID, image string) *appsv1.ReplicaSet {
	t := template(image)
	t.Labels = map[string]string{appsv1.DefaultDeploymentUniqueLabelKey: string(uid)}
	return &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{Name: string(uid), UID: uid, OwnerReferences: owner("Deployment", "d")},
		Spec:       appsv1.ReplicaSetSpec{Template: t},
	}
}

func pod(name string, set types.UID, change ...func(*corev1.Pod)) *corev1.Pod {
	p := &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name, OwnerReferences: owner("ReplicaSet", set)},
		Spec:       template("new").Spec,
	}
	for _, c := range change {
		c(p)
	}
	return p
}

func onNode(p *corev1.Pod) { p.Spec.NodeName = "node0" }

func leaving(p *corev1.Pod) { p.DeletionTimestamp = new(metav1.Now()) }

func state3(s corev1.ContainerState) func(*corev1.Pod) {
	return func(p *corev1.Pod) {
		onNode(p)
		p.Status.ContainerStatuses = []corev1.ContainerStatus{{ContainerID: "c", State: s}}
	}
}

func TestAssess(t *testing.T) {
	lagging := deployment("new")
	lagging.Generation = 2
	run := corev1.ContainerState{Running: &corev1.ContainerStateRunning{}}
	for name, tc := range map[string]struct {
		view    view
		text    string
		running bool
	}{
		"no Deployment":          {view{}, "the Deployment does not exist yet", false},
		"no ReplicaSet":          {view{deployments: []*appsv1.Deployment{deployment("new")}}, "waiting for the Deployment's controller", false},
		"controller lags":        {view{deployments: []*appsv1.Deployment{lagging}, sets: []*appsv1.ReplicaSet{set("a", "new")}}, "waiting for the Deployment's controller", false},
		"only the old":           {view{deployments: []*appsv1.Deployment{deployment("new")}, sets: []*appsv1.ReplicaSet{set("a", "old")}, pods: []*corev1.Pod{pod("p", "a")}}, "stopping the previous pod", false},
		"old pod leaves":         {view{deployments: []*appsv1.Deployment{deployment("new")}, sets: []*appsv1.ReplicaSet{set("a", "old"), set("b", "new")}, pods: []*corev1.Pod{pod("p", "a", leaving)}}, "stopping the previous pod", false},
		"old pod runs no longer": {view{deployments: []*appsv1.Deployment{deployment("new")}, sets: []*appsv1.ReplicaSet{set("b", "new")}}, "waiting for a pod", false},
		"no node yet":            {view{deployments: []*appsv1.Deployment{deployment("new")}, sets: []*appsv1.ReplicaSet{set("b", "new")}, pods: []*corev1.Pod{pod("p", "b")}}, "pod p waits for a node", false},
		"starting":               {view{deployments: []*appsv1.Deployment{deployment("new")}, sets: []*appsv1.ReplicaSet{set("b", "new")}, pods: []*corev1.Pod{pod("p", "b", onNode)}}, "starting on node node0", false},
		"runs":                   {view{deployments: []*appsv1.Deployment{deployment("new")}, sets: []*appsv1.ReplicaSet{set("b", "new")}, pods: []*corev1.Pod{pod("p", "b", state3(run))}}, "running", true},
		"ended": {view{deployments: []*appsv1.Deployment{deployment("new")}, sets: []*appsv1.ReplicaSet{set("b", "new")}, pods: []*corev1.Pod{
			pod("p", "b", state3(corev1.ContainerState{Terminated: &corev1.ContainerStateTerminated{ExitCode: 103, Reason: "Error"}})),
		}}, "the container ended with exit code 103", false},
		"the newest pod counts": {view{deployments: []*appsv1.Deployment{deployment("new")}, sets: []*appsv1.ReplicaSet{set("b", "new")}, pods: []*corev1.Pod{
			pod("p", "b", state3(run)), pod("q", "b", func(p *corev1.Pod) { p.CreationTimestamp = metav1.NewTime(time.Unix(9, 0)) }),
		}}, "pod q waits for a node", false},
	} {
		t.Run(name, func(t *testing.T) {
			tc.view.synced = true
			s := tc.view.assess("site-1")
			if s.Text != tc.text || s.Running != tc.running {
				t.Errorf("got %q, running %v", s.Text, s.Running)
			}
		})
	}
}

func TestNothingIsSaidBeforeTheFirstLook(t *testing.T) {
	if s := (view{}).assess("site-1"); s.Text != "" {
		t.Errorf("got %q", s.Text)
	}
}

func FuzzScan(f *testing.F) {
	const sign = "joined demo"
	f.Add("a\nb\n", "c")
	f.Add(strings.Repeat("x", 1<<17)+"\n", "")
	f.Add("\x1b[31m", "\x1b[0m")
	match := func(line string) bool { return strings.Contains(line, sign) }
	f.Fuzz(func(t *testing.T, before, after string) {
		if joining, err := scan(strings.NewReader(before+"\n"+sign+"\n"+after), match); joining != workloads.Joined || err != nil {
			t.Errorf("the line is there: %v, %v", joining, err)
		}
		if strings.Contains(before+after, "joined") {
			return
		}
		if joining, err := scan(strings.NewReader(before+"\n"+after), match); joining != workloads.NotJoined || err == nil {
			t.Errorf("the line is not there: %v, %v", joining, err)
		}
	})
}
