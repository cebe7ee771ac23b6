package rollout

import (
	"maps"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/podstate"
)

// view is everything of one participant that the cluster shows.
type view struct {
	synced      bool
	deployments []*appsv1.Deployment
	sets        []*appsv1.ReplicaSet
	pods        []*corev1.Pod
}

// state is what a view means for one workload. A change of its text is a line of
// progress.
type state struct {
	podstate.State
	pod       *corev1.Pod // the current one; nil where there is none
	refused   bool        // no pod may be made
	refusedAt time.Time   // since when
	set       string      // the ReplicaSet that may make none
}

func text(s string) state { return state{State: podstate.State{Text: s}} }

// assess is pure: it finds the pod of the Deployment's present template and
// says how far it has come.
func (v view) assess(name string) state {
	if !v.synced {
		return state{}
	}
	d := v.deployment(name)
	if d == nil {
		return text("the Deployment is not there yet")
	}
	set := v.currentSet(d)
	if d.Status.ObservedGeneration < d.Generation || set == nil {
		if v.previous(d, set) {
			return text("stopping the previous pod")
		}
		return text("waiting for the Deployment's controller")
	}
	if pod := v.currentPod(set); pod != nil {
		return state{State: podstate.Of(pod), pod: pod}
	}
	if s, failing := v.replicaFailure(d, set); failing {
		return s
	}
	if v.previous(d, set) {
		return text("stopping the previous pod")
	}
	return text("waiting for a pod")
}

// replicaFailure is why the ReplicaSet can make no pod.
func (v view) replicaFailure(d *appsv1.Deployment, set *appsv1.ReplicaSet) (state, bool) {
	for _, c := range set.Status.Conditions {
		if c.Type != appsv1.ReplicaSetReplicaFailure || c.Status != corev1.ConditionTrue {
			continue
		}
		why, known := clients.Refusal(c.Message)
		s := text("no pod can be made: " + why)
		s.Reason, s.Detail = c.Reason, why
		s.refused, s.refusedAt, s.set = known && !v.previous(d, set), c.LastTransitionTime.Time, set.Name
		return s, true
	}
	return state{}, false
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
func (v view) previous(d *appsv1.Deployment, current *appsv1.ReplicaSet) bool {
	for _, s := range v.sets {
		if !metav1.IsControlledBy(s, d) || current != nil && s.UID == current.UID {
			continue
		}
		for _, p := range v.pods {
			if metav1.IsControlledBy(p, s) {
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
