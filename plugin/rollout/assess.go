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

// view is everything that the cluster shows of one participant.
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
	pod      *corev1.Pod // the current one; nil if there is none
	denied   bool        // the cluster denies the pod
	deniedAt time.Time   // since when
	set      string      // the ReplicaSet whose pod is denied
}

func text(s string) state { return state{State: podstate.State{Text: s}} }

// assess is pure: it finds the pod of the Deployment's current template and says how
// far it has come.
func (v view) assess(name string) state {
	if !v.synced {
		return state{}
	}
	d := v.deployment(name)
	if d == nil {
		return text("the Deployment does not exist yet")
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

// replicaFailure says why the ReplicaSet cannot create a pod.
func (v view) replicaFailure(d *appsv1.Deployment, set *appsv1.ReplicaSet) (state, bool) {
	for _, c := range set.Status.Conditions {
		if c.Type != appsv1.ReplicaSetReplicaFailure || c.Status != corev1.ConditionTrue {
			continue
		}
		why, known := clients.Denial(c.Message)
		s := text("no pod can be created: " + why)
		s.Reason, s.Detail = c.Reason, why
		s.denied, s.deniedAt, s.set = known && !v.previous(d, set), c.LastTransitionTime.Time, set.Name
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

// currentSet is the ReplicaSet of the Deployment's current template. Like the
// controller, it compares templates: the revision number lags behind while the Recreate
// strategy waits for the old pod.
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

// previous says whether a pod of another template still exists: it may hold the
// workspace or use up the namespace's quota.
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

// currentPod is the newest pod of the set that is not being deleted.
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
