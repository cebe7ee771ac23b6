package rollout

import (
	"fmt"
	"maps"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// view is everything of one participant that the cluster shows.
type view struct {
	synced      bool
	deployments []*appsv1.Deployment
	sets        []*appsv1.ReplicaSet
	pods        []*corev1.Pod
}

// state is what a view means.
type state struct {
	text      string      // for people; a change of it is a line of progress
	reason    string      // Kubernetes' word for it, where it has one
	detail    string      // the cluster's own message
	refused   bool        // no pod may be made
	refusedAt time.Time   // since when
	failedAt  time.Time   // when an init container ended badly
	set       string      // the ReplicaSet that may make none
	pod       *corev1.Pod // the current one
	container string      // the ID of its running container
	running   bool
	ready     bool
}

// assess is pure: it finds the pod of the Deployment's present template and
// says how far it has come.
func (v view) assess(t Target) state {
	if !v.synced {
		return state{}
	}
	d := v.deployment(t.Name)
	if d == nil {
		return state{text: "the Deployment is not there yet"}
	}
	set := v.currentSet(d)
	if d.Status.ObservedGeneration < d.Generation || set == nil {
		if v.previous(set) {
			return state{text: "stopping the previous pod"}
		}
		return state{text: "waiting for the Deployment's controller"}
	}
	if pod := v.currentPod(set); pod != nil {
		return podState(pod, t)
	}
	for _, c := range set.Status.Conditions {
		if c.Type == appsv1.ReplicaSetReplicaFailure && c.Status == corev1.ConditionTrue {
			text, known := clients.Refusal(c.Message)
			return state{
				text: "no pod can be made: " + text, reason: c.Reason, detail: text,
				refused: known && !v.previous(set), refusedAt: c.LastTransitionTime.Time, set: set.Name,
			}
		}
	}
	if v.previous(set) {
		return state{text: "stopping the previous pod"}
	}
	return state{text: "waiting for a pod"}
}

func (v view) deployment(name string) *appsv1.Deployment {
	for _, d := range v.deployments {
		if d.Name == name {
			return d
		}
	}
	return nil
}

// currentSet is the ReplicaSet of the Deployment's present template. Compared
// is the template, as the controller does it: the revision number lags behind
// while the Recreate strategy waits for the old pod.
func (v view) currentSet(d *appsv1.Deployment) *appsv1.ReplicaSet {
	for _, s := range v.sets {
		template := s.Spec.Template
		template.Labels = maps.Clone(template.Labels)
		delete(template.Labels, appsv1.DefaultDeploymentUniqueLabelKey)
		if metav1.IsControlledBy(s, d) && equality.Semantic.DeepEqual(template, d.Spec.Template) {
			return s
		}
	}
	return nil
}

// previous says whether a pod of another template is still there: it may hold
// the workspace, or the namespace's quota.
func (v view) previous(current *appsv1.ReplicaSet) bool {
	for _, p := range v.pods {
		for _, s := range v.sets {
			if metav1.IsControlledBy(p, s) && (current == nil || s.UID != current.UID) {
				return true
			}
		}
	}
	return false
}

// currentPod is the newest pod of the set that is not on its way out.
func (v view) currentPod(set *appsv1.ReplicaSet) *corev1.Pod {
	var newest *corev1.Pod
	for _, p := range v.pods {
		if !metav1.IsControlledBy(p, set) || p.DeletionTimestamp != nil || p.Status.Phase == corev1.PodFailed {
			continue
		}
		if newest == nil || newest.CreationTimestamp.Before(&p.CreationTimestamp) {
			newest = p
		}
	}
	return newest
}

func podState(pod *corev1.Pod, t Target) state {
	s := state{pod: pod, text: "pod " + pod.Name + " waits for a node"}
	for _, c := range pod.Status.Conditions {
		if c.Type == corev1.PodScheduled && c.Status == corev1.ConditionFalse {
			s.reason, s.detail = c.Reason, c.Message
			s.text = "no node takes the pod: " + c.Message
		}
	}
	if pod.Spec.NodeName == "" {
		return s
	}
	s.reason, s.detail = "", ""
	s.text = "starting on node " + pod.Spec.NodeName
	if init := currentInit(pod); init != nil {
		initState(&s, init)
		return s
	}
	if len(pod.Status.ContainerStatuses) > 0 {
		containerState(&s, pod.Status.ContainerStatuses[0], t)
	}
	return s
}

func containerState(s *state, c corev1.ContainerStatus, t Target) {
	switch {
	case c.State.Waiting != nil && c.State.Waiting.Reason != "ContainerCreating" && c.State.Waiting.Reason != "PodInitializing":
		s.reason, s.detail = c.State.Waiting.Reason, c.State.Waiting.Message
		s.text = plainReason(s.reason, s.pod.Spec.Containers[0].Image)
		if last := c.LastTerminationState.Terminated; last != nil && s.reason == "CrashLoopBackOff" {
			s.detail = exitText(last)
		}
	case c.State.Terminated != nil:
		s.reason, s.text = c.State.Terminated.Reason, "the container "+exitText(c.State.Terminated)
	case c.State.Running != nil:
		s.running, s.ready, s.container = true, c.Ready, c.ContainerID
		s.text = runningText(c.Ready, t)
	}
}

func runningText(ready bool, t Target) string {
	switch {
	case t.Role == kit.RoleClient:
		return "running, registers with " + t.Server
	case ready:
		return "ready"
	}
	return "running, does not listen yet"
}

func exitText(end *corev1.ContainerStateTerminated) string {
	text := fmt.Sprintf("ended with exit code %d", end.ExitCode)
	if end.Reason != "" && end.Reason != "Error" {
		text += " (" + end.Reason + ")"
	}
	if end.Message != "" {
		text += ": " + end.Message
	}
	return text
}

// plainReason says in words what the kubelet says in one.
func plainReason(reason, image string) string {
	switch reason {
	case "ErrImagePull", "ImagePullBackOff":
		return "image " + image + " cannot be pulled (" + reason + ")"
	case "InvalidImageName":
		return fmt.Sprintf("%q is no legal image name", image)
	case "CrashLoopBackOff":
		return "the container ends again and again (CrashLoopBackOff)"
	}
	return "the container cannot be made (" + reason + ")"
}
