package clientstest

import (
	"time"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
)

// RunDeployments plays Kubernetes' controllers: each Deployment that is written gets a ReplicaSet
// and a pod, which runs and is ready. change may be nil; it changes both before they are stored. A
// pod that loses its name is not stored.
func (s *Server) RunDeployments(change func(set *appsv1.ReplicaSet, pod *corev1.Pod)) {
	s.OnWrite = func(obj *unstructured.Unstructured) {
		if obj.GetKind() != "Deployment" {
			return
		}
		d := &appsv1.Deployment{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(obj.Object, d); err != nil {
			s.t.Error(err)
			return
		}
		set, pod := run(d)
		if change != nil {
			change(set, pod)
		}
		s.Put(set)
		if pod.Name != "" {
			s.Put(pod)
		}
	}
}

func run(d *appsv1.Deployment) (*appsv1.ReplicaSet, *corev1.Pod) {
	set := &appsv1.ReplicaSet{
		ObjectMeta: metav1.ObjectMeta{
			Name: d.Name + "-1", Namespace: d.Namespace, UID: d.UID + "-1", Labels: d.Spec.Template.Labels,
			OwnerReferences: ownedBy("Deployment", d.Name, d.UID),
		},
		Spec: appsv1.ReplicaSetSpec{Template: d.Spec.Template},
	}
	pod := RunningPod(d, time.Now())
	pod.OwnerReferences = ownedBy("ReplicaSet", set.Name, set.UID)
	return set, pod
}

func ownedBy(kind, name string, uid types.UID) []metav1.OwnerReference {
	return []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: kind, Name: name, UID: uid, Controller: new(true)}}
}
