package nvflare

import (
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// deployment runs a server or a client. Two of one participant must never run
// at once (both would register under one name), hence one replica and Recreate.
func (b builder) deployment(ports []corev1.ContainerPort) *appsv1.Deployment {
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"},
		ObjectMeta: b.meta(b.name),
		Spec: appsv1.DeploymentSpec{
			Replicas: new(int32(1)),
			Strategy: appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType},
			Selector: &metav1.LabelSelector{MatchLabels: workloads.Selector(b.kit)},
			Template: corev1.PodTemplateSpec{ObjectMeta: b.podMeta(), Spec: b.parentPod(ports)},
		},
	}
}

// podMeta is a pod template's: labels and annotations, no name.
func (b builder) podMeta() metav1.ObjectMeta {
	return metav1.ObjectMeta{Labels: workloads.Labels(System, b.kit), Annotations: workloads.Annotations(b.kit)}
}

func (b builder) parentPod(ports []corev1.ContainerPort) corev1.PodSpec {
	pod := b.basePod()
	// NVFLARE has no SIGTERM handler, and as PID 1 it ignores the signal: a
	// longer grace period would only delay every restart by that long.
	pod.TerminationGracePeriodSeconds = new(int64(2))
	pod.Volumes = b.parentVolumes()
	container := b.baseContainer()
	container.Args = arguments(b.kit)
	container.Ports = ports
	container.VolumeMounts = b.parentMounts()
	if len(ports) > 0 {
		container.ReadinessProbe = &corev1.Probe{
			ProbeHandler:  corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromString(flPort)}},
			PeriodSeconds: 1,
		}
	}
	pod.Containers = []corev1.Container{container}
	return pod
}

// basePod is what the parent's and the admin's pods have in common.
func (b builder) basePod() corev1.PodSpec {
	pod := corev1.PodSpec{
		ServiceAccountName:           b.name,
		AutomountServiceAccountToken: new(false),
		EnableServiceLinks:           new(false),
		SecurityContext:              workloads.PodSecurity(),
	}
	pod.InitContainers = b.verifier()
	for _, name := range b.ImagePullSecrets {
		pod.ImagePullSecrets = append(pod.ImagePullSecrets, corev1.LocalObjectReference{Name: name})
	}
	return pod
}

// baseContainer has HOME on the only path that is always writable: libraries
// make their caches there, and the root file system is read-only.
func (b builder) baseContainer() corev1.Container {
	return corev1.Container{
		Name:            Container,
		Image:           b.Image,
		Command:         []string{python},
		Env:             []corev1.EnvVar{{Name: "HOME", Value: "/tmp"}},
		Resources:       b.Resources.Requirements(),
		SecurityContext: workloads.ContainerSecurity(),
	}
}
