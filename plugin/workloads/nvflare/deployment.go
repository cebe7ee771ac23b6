package nvflare

import (
	"slices"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// deployment runs a server or a client. Two pods of a participant must never run at once,
// because both would register with the same name: hence one replica and Recreate.
func (b builder) deployment(ports []corev1.ContainerPort) *appsv1.Deployment {
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: workloads.KindDeployment},
		ObjectMeta: b.Meta(b.Name),
		Spec: appsv1.DeploymentSpec{
			Replicas: new(int32(1)),
			Strategy: appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType},
			Selector: &metav1.LabelSelector{MatchLabels: workloads.Selector(b.Kit)},
			Template: corev1.PodTemplateSpec{ObjectMeta: b.PodMeta(), Spec: b.parentPod(ports)},
		},
	}
}

func (b builder) parentPod(ports []corev1.ContainerPort) corev1.PodSpec {
	pod := b.PodSpec()
	// NVFLARE has no SIGTERM handler, and as PID 1 it ignores the signal: a longer grace
	// period would only delay every restart.
	pod.TerminationGracePeriodSeconds = new(int64(2))
	pod.Volumes = append(append([]corev1.Volume{b.WorkspaceVolume()}, b.KitVolumes()...), workloads.EmptyDir(workloads.VolumeTmp))
	c := b.python()
	c.Args = arguments(b.Kit)
	c.Ports = ports
	if b.JobPods {
		c.Ports = append(slices.Clone(ports), jobPort())
	}
	c.VolumeMounts = b.parentMounts()
	if !b.JobPods {
		pod.Volumes = append(pod.Volumes, b.DataVolumes()...)
		c.VolumeMounts = append(c.VolumeMounts, b.DataMounts()...)
	}
	if len(ports) > 0 {
		c.ReadinessProbe = &corev1.Probe{
			ProbeHandler:  corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromString(nvflare.PortFL)}},
			PeriodSeconds: 1,
		}
	}
	pod.Containers = []corev1.Container{c}
	if b.JobPods {
		return b.Finish(pod, "")
	}
	return b.Finish(pod, container)
}

// python is a container that runs Python, which must not load modules from the working
// directory of the image.
func (b builder) python(args ...string) corev1.Container {
	c := b.Container(container, append([]string{b.Interpreter(nvflare.Python)}, args...)...)
	c.Env = append(c.Env, corev1.EnvVar{Name: profiles.SafePath, Value: profiles.SafePathValue})
	return c
}

func (b builder) parentMounts() []corev1.VolumeMount {
	mounts := []corev1.VolumeMount{{Name: workloads.VolumeWorkspace, MountPath: nvflare.Workspace}}
	mounts = append(mounts, workloads.KitMounts(nvflare.Workspace)...)
	mounts = append(mounts, corev1.VolumeMount{Name: workloads.VolumeTmp, MountPath: "/tmp"})
	if b.Kit.Role == nvflare.RoleServer {
		// On the claim, so that finished jobs outlive a restart.
		mounts = append(mounts, corev1.VolumeMount{Name: workloads.VolumeWorkspace, MountPath: nvflare.ServerStorePath, SubPath: nvflare.ServerStoreFolder})
	}
	return mounts
}
