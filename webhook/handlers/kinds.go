package handlers

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/policies/snapshot"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// newObject makes an empty object of the kinds that the webhook is registered
// for, and nil for any other.
func newObject(kind metav1.GroupVersionKind) runtime.Object {
	switch kind.Group + "/" + kind.Version {
	case "/v1":
		return newCoreObject(kind.Kind)
	case "apps/v1", "batch/v1":
		return newWorkload(kind.Kind)
	case "networking.k8s.io/v1", "discovery.k8s.io/v1":
		return newNetworkObject(kind.Kind)
	case snapshot.Group + "/v1":
		if kind.Kind == snapshot.Kind {
			return &snapshot.VolumeSnapshot{}
		}
	case v1alpha1.GroupVersion().String():
		if kind.Kind == v1alpha1.Kind {
			return &v1alpha1.SitePolicy{}
		}
	}
	return nil
}

func newCoreObject(kind string) runtime.Object {
	switch kind {
	case "Pod":
		return &corev1.Pod{}
	case "Binding":
		return &corev1.Binding{}
	case "Secret":
		return &corev1.Secret{}
	case "PersistentVolumeClaim":
		return &corev1.PersistentVolumeClaim{}
	case "Service":
		return &corev1.Service{}
	case "Endpoints":
		return &corev1.Endpoints{} //nolint:staticcheck // clusters still serve it
	case "ConfigMap":
		return &corev1.ConfigMap{}
	case "PodExecOptions":
		return &corev1.PodExecOptions{}
	case "PodAttachOptions":
		return &corev1.PodAttachOptions{}
	case "PodPortForwardOptions":
		return &corev1.PodPortForwardOptions{}
	case "PodProxyOptions":
		return &corev1.PodProxyOptions{}
	case "ServiceProxyOptions":
		return &corev1.ServiceProxyOptions{}
	case "ReplicationController":
		return &corev1.ReplicationController{}
	case "PodTemplate":
		return &corev1.PodTemplate{}
	}
	return nil
}

func newWorkload(kind string) runtime.Object {
	switch kind {
	case "Deployment":
		return &appsv1.Deployment{}
	case "ReplicaSet":
		return &appsv1.ReplicaSet{}
	case "StatefulSet":
		return &appsv1.StatefulSet{}
	case "DaemonSet":
		return &appsv1.DaemonSet{}
	case "Job":
		return &batchv1.Job{}
	case "CronJob":
		return &batchv1.CronJob{}
	}
	return nil
}

func newNetworkObject(kind string) runtime.Object {
	switch kind {
	case "NetworkPolicy":
		return &networkingv1.NetworkPolicy{}
	case "Ingress":
		return &networkingv1.Ingress{}
	case "EndpointSlice":
		return &discoveryv1.EndpointSlice{}
	}
	return nil
}
