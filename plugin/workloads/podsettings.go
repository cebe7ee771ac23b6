package workloads

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// PodSettings are what all pods of a participant have, those of its jobs included: they depend
// on the cluster, not on the framework.
type PodSettings struct {
	// Env are further variables of all containers.
	Env []corev1.EnvVar `json:"env,omitzero"`
	// NodeSelector are labels of the nodes on which the pods may run.
	NodeSelector map[string]string `json:"nodeSelector,omitempty"`
	// Tolerations are for taints of nodes. Those with the name of a device that is requested
	// are tolerated without it.
	Tolerations []corev1.Toleration `json:"tolerations,omitzero"`
	// RuntimeClass is the name of a RuntimeClass; empty means the cluster's default.
	RuntimeClass string `json:"runtimeClass,omitempty"`
	// PriorityClass is the name of a PriorityClass; empty means the cluster's default.
	PriorityClass string `json:"priorityClass,omitempty"`
	// SharedMemory is the size of /dev/shm of the container in which jobs run. It counts
	// against the container's memory limit. Zero leaves the 64 MiB of container runtimes,
	// which is not enough for PyTorch's data loaders.
	SharedMemory resource.Quantity `json:"sharedMemory,omitzero"`
	// Python is the interpreter in the image; empty means that the image's PATH has it.
	Python string `json:"python,omitempty"`
	// ServerAddresses are IP addresses of the server that the participant dials, if it is
	// outside of the cluster and DNS does not have its name.
	ServerAddresses []string `json:"serverAddresses,omitzero"`
	// CABundle are authorities that programs trust besides the root of the kit, such as that
	// of a proxy which inspects TLS.
	CABundle CABundle `json:"caBundle,omitzero"`
	// PlatformUser leaves the user and the groups of the containers to the platform, which
	// assigns them. The default is true in a namespace for which OpenShift does that.
	PlatformUser *bool `json:"platformUser,omitempty"`
}

// HasPlatformUser says whether the platform assigns the user.
func (s *PodSettings) HasPlatformUser() bool { return s.PlatformUser != nil && *s.PlatformUser }

// Security is the security context of the pods.
func (s *PodSettings) Security() *corev1.PodSecurityContext {
	if s.HasPlatformUser() {
		return AssignedSecurity()
	}
	return PodSecurity()
}

// Interpreter is the first word of the command of a container that runs Python. byPath is the
// name that the framework's images have for it.
func (s *PodSettings) Interpreter(byPath string) string { return cmp.Or(s.Python, byPath) }

// Finish adds the settings to a pod that has its containers. jobs is the name of the container
// in which jobs run; empty if none does.
func (b Builder) Finish(pod corev1.PodSpec, jobs string) corev1.PodSpec {
	b.Settle(&pod, b.Kit, jobs)
	for _, name := range slices.Sorted(maps.Keys(b.Resources.Devices)) {
		pod.Tolerations = append(pod.Tolerations, ofDevice(name))
	}
	return pod
}

// Settle is Finish for a pod that the framework itself makes, for a job.
func (s *PodSettings) Settle(pod *corev1.PodSpec, k *kit.Kit, jobs string) {
	for _, address := range s.ServerAddresses {
		pod.HostAliases = append(pod.HostAliases, corev1.HostAlias{IP: address, Hostnames: []string{k.Server.Host}})
	}
	pod.NodeSelector = maps.Clone(s.NodeSelector)
	pod.Tolerations = append(pod.Tolerations, s.Tolerations...)
	pod.PriorityClassName = s.PriorityClass
	if s.RuntimeClass != "" {
		pod.RuntimeClassName = new(s.RuntimeClass)
	}
	pod.Volumes = append(pod.Volumes, s.CABundle.volumes()...)
	for i := range pod.Containers {
		c := &pod.Containers[i]
		c.Env = append(c.Env, s.Env...)
		s.CABundle.mount(c)
		if c.Name == jobs && !s.SharedMemory.IsZero() {
			c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: volumeShm, MountPath: "/dev/shm"})
			pod.Volumes = append(pod.Volumes, s.shm())
		}
	}
}

const volumeShm = "shm"

func (s *PodSettings) shm() corev1.Volume {
	return corev1.Volume{Name: volumeShm, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{
		Medium: corev1.StorageMediumMemory, SizeLimit: new(s.SharedMemory),
	}}}
}

// ofDevice tolerates the taint by which nodes with a device are kept for pods that request
// it. The admission plugin ExtendedResourceToleration adds the same, where it is enabled.
func ofDevice(name corev1.ResourceName) corev1.Toleration {
	return corev1.Toleration{Key: string(name), Operator: corev1.TolerationOpExists, Effect: corev1.TaintEffectNoSchedule}
}

// CheckSettings is an error if a setting has no effect, or if it contradicts what the
// framework sets.
func (s *Set) CheckSettings(settings *Participant) error {
	shm, python := settings.SharedMemory.IsZero() || settings.JobPods, settings.Python == ""
	for _, object := range s.Objects() {
		for _, c := range podSpec(object).Containers {
			names := map[string]bool{}
			for _, variable := range c.Env {
				if names[variable.Name] {
					return fmt.Errorf("the variable %s is set for container %s from the kit: leave it out", variable.Name, c.Name)
				}
				names[variable.Name] = true
			}
			python = python || len(c.Command) > 0 && c.Command[0] == settings.Python
			shm = shm || slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.Name == volumeShm })
		}
	}
	switch {
	case !python:
		return fmt.Errorf("no container of the participant would run %s: its image must have its programs in its PATH; leave --python out", settings.Python)
	case !shm:
		return errors.New("there is shared memory, but a participant of this role runs no jobs in its own pod: leave it out")
	}
	return nil
}
