package flower

import (
	"path"

	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// environment keeps Python from loading modules from the working directory, and Flower from
// calling its makers.
func environment() []corev1.EnvVar {
	return []corev1.EnvVar{
		{Name: profiles.SafePath, Value: profiles.SafePathValue},
		{Name: flower.Telemetry, Value: flower.TelemetryValue},
		{Name: flower.UpdateCheck, Value: flower.UpdateCheckValue},
	}
}

// deployment runs a SuperLink or a SuperNode. A key can be online once only, and a database
// has one writer: hence one replica and Recreate.
func (b builder) deployment(pod corev1.PodSpec) *appsv1.Deployment {
	return &appsv1.Deployment{
		TypeMeta:   metav1.TypeMeta{APIVersion: "apps/v1", Kind: workloads.KindDeployment},
		ObjectMeta: b.Meta(b.Name),
		Spec: appsv1.DeploymentSpec{
			Replicas: new(int32(1)),
			Strategy: appsv1.DeploymentStrategy{Type: appsv1.RecreateDeploymentStrategyType},
			Selector: &metav1.LabelSelector{MatchLabels: workloads.Selector(b.Kit)},
			Template: corev1.PodTemplateSpec{ObjectMeta: b.PodMeta(), Spec: b.Finish(pod, b.jobs())},
		},
	}
}

// graceSeconds let a SuperNode tell its SuperLink that it goes offline, without which its key
// cannot be used again for a minute, and let a SuperLink close its database.
const graceSeconds = 15

// pod is that of a SuperLink or a SuperNode. Each container has scratch space of its own.
func (b builder) pod(containers ...corev1.Container) corev1.PodSpec {
	pod := b.PodSpec()
	pod.TerminationGracePeriodSeconds = new(int64(graceSeconds))
	pod.Volumes = append([]corev1.Volume{b.WorkspaceVolume()}, b.KitVolumes()...)
	return withScratch(pod, containers...)
}

// withScratch adds containers with scratch space, of which each has its own.
func withScratch(pod corev1.PodSpec, containers ...corev1.Container) corev1.PodSpec {
	for i, c := range containers {
		volume := workloads.VolumeTmp
		if i > 0 {
			volume += "-" + c.Name
		}
		pod.Volumes = append(pod.Volumes, workloads.EmptyDir(volume))
		c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: volume, MountPath: profiles.Scratch})
		pod.Containers = append(pod.Containers, c)
	}
	return pod
}

// workspace mounts the claim, with the kit and local/ below it.
func workspace() []corev1.VolumeMount {
	mounts := []corev1.VolumeMount{{Name: workloads.VolumeWorkspace, MountPath: flower.Workspace}}
	return append(mounts, workloads.KitMounts(flower.Workspace)...)
}

// kitFiles mounts single files of startup/: a container must not have keys that it does not
// need.
func kitFiles(names ...string) []corev1.VolumeMount {
	var mounts []corev1.VolumeMount
	for _, name := range names {
		mounts = append(mounts, corev1.VolumeMount{
			Name: workloads.VolumeStartup, MountPath: path.Join(flower.Workspace, kit.StartupDir, name), SubPath: name, ReadOnly: true,
		})
	}
	return mounts
}

// kitFolder mounts startup/ as a whole.
func kitFolder() []corev1.VolumeMount {
	return []corev1.VolumeMount{workloads.KitMounts(flower.Workspace)[0]}
}

// proxy is the reverse proxy, whose configuration is in the kit.
func (b builder) proxy(ports ...corev1.ContainerPort) corev1.Container {
	c := b.Container(containerProxy, flower.ProgramProxy)
	c.Args = flower.ProxyArguments(flower.Workspace)
	c.Ports = ports
	c.VolumeMounts = kitFolder()
	c.Resources = helper()
	return c
}

// helper are the requests and limits of a container that runs no app. With limits, all that
// a SitePolicy leaves goes to the first container.
func helper() corev1.ResourceRequirements {
	return corev1.ResourceRequirements{
		Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("50m"), corev1.ResourceMemory: resource.MustParse("64Mi")},
		Limits:   corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1"), corev1.ResourceMemory: resource.MustParse("512Mi")},
	}
}

// parent is the container of the participant itself. The resources that the user gave are
// for the container in which apps run.
func (b builder) parent(name, program string, args []string) corev1.Container {
	c := b.python(name, program)
	c.Args = args
	c.VolumeMounts = workspace()
	if b.apart() {
		c.Resources = workloads.Resources{}.Requirements()
	}
	return c
}

// superExec runs the code of apps, away from the participant's key.
func (b builder) superExec() corev1.Container {
	c := b.python(containerSuperExec, flower.ProgramSuperExec)
	c.Args = flower.SuperExecArguments(b.dialect, b.Kit.Role, flower.Workspace, flower.RuntimeAddress(b.Kit.Role))
	files := []string{flower.RootFile}
	if b.Kit.Role == flower.RoleClient {
		files = append(files, flower.SuperExecSecretFile)
	}
	c.VolumeMounts = kitFiles(files...)
	return c
}

func port(name string, number int32) corev1.ContainerPort {
	return corev1.ContainerPort{Name: name, ContainerPort: number, Protocol: corev1.ProtocolTCP}
}

// joinsWith is a probe with which the kubelet starts a SuperNode again that has not been accepted for
// a minute: as long as its SuperLink counts one as online that has crashed. It is nil without a
// command.
func joinsWith(command []string) *corev1.Probe {
	if command == nil {
		return nil
	}
	return &corev1.Probe{
		ProbeHandler:  corev1.ProbeHandler{Exec: &corev1.ExecAction{Command: command}},
		PeriodSeconds: 5, TimeoutSeconds: 20, FailureThreshold: 13,
	}
}

// listens is a probe that passes once a container listens on a port.
func listens(name string) *corev1.Probe {
	return &corev1.Probe{
		ProbeHandler:  corev1.ProbeHandler{TCPSocket: &corev1.TCPSocketAction{Port: intstr.FromString(name)}},
		PeriodSeconds: 1,
	}
}
