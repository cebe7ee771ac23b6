package toy

import (
	"maps"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
)

func (b builder) service() *corev1.Service {
	return &corev1.Service{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Service"},
		ObjectMeta: b.Meta(b.Name),
		Spec: corev1.ServiceSpec{
			Selector: workloads.ComponentSelector(b.PodMeta().Labels),
			Ports:    []corev1.ServicePort{{Name: toy.Name, Port: toy.Port, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromInt32(toy.Port)}},
		},
	}
}

func (b builder) deployment(component string) *appsv1.Deployment {
	name, pod := b.Name, b.PodMeta()
	if component != "" {
		name += "-" + component
		pod.Labels = workloads.WithComponent(pod.Labels, component)
	}
	meta := b.Meta(name)
	meta.Labels = maps.Clone(pod.Labels)
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: workloads.KindDeployment},
		ObjectMeta: meta,
		Spec: appsv1.DeploymentSpec{
			Replicas: new(int32(1)),
			Strategy: appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType},
			Selector: &metav1.LabelSelector{MatchLabels: workloads.ComponentSelector(pod.Labels)},
			Template: corev1.PodTemplateSpec{ObjectMeta: pod, Spec: b.pod(component)},
		},
	}
}

// volumeRelayTmp is scratch space of the relay: containers share none.
const volumeRelayTmp = "relay-tmp"

func (b builder) pod(component string) corev1.PodSpec {
	pod := b.PodSpec()
	pod.Volumes = append(append([]corev1.Volume{b.WorkspaceVolume()}, b.KitVolumes()...), workloads.EmptyDir(workloads.VolumeTmp), workloads.EmptyDir(volumeRelayTmp))
	tmp := corev1.VolumeMount{Name: workloads.VolumeTmp, MountPath: "/tmp"}

	main := b.Container(containerToy, program)
	main.Env = nil
	main.Args = []string{"serve", "--participant=" + b.Kit.Participant, "--kit=/toy/startup"}
	main.VolumeMounts = append([]corev1.VolumeMount{{Name: workloads.VolumeWorkspace, MountPath: mountPath}, tmp}, workloads.KitMounts("/toy")...)
	if component == "" {
		main.Ports = []corev1.ContainerPort{{Name: toy.Name, ContainerPort: toy.Port, Protocol: corev1.ProtocolTCP}}
		main.ReadinessProbe = &corev1.Probe{ProbeHandler: corev1.ProbeHandler{
			HTTPGet: &corev1.HTTPGetAction{Path: readyPath, Port: intstr.FromInt32(toy.Port)},
		}}
	} else {
		main.Args[0] = "work"
	}
	relay := b.Container(containerRelay, program)
	relay.Resources = workloads.Resources{}.Requirements()
	relay.Env, relay.Args, relay.VolumeMounts = nil, []string{"relay"}, []corev1.VolumeMount{{Name: volumeRelayTmp, MountPath: "/tmp"}}
	pod.Volumes = append(pod.Volumes, b.DataVolumes()...)
	main.VolumeMounts = append(main.VolumeMounts, b.DataMounts()...)
	pod.Containers = []corev1.Container{main, relay}
	return b.Finish(pod, containerToy)
}
