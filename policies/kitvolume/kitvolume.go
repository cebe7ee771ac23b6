// Package kitvolume makes the containers of the image flare-kit, for kits that are
// delivered on a PersistentVolumeClaim. They are made in one place, so that mutation,
// `kubectl flare launch` and `kit inject` write the same containers with which
// validation compares.
package kitvolume

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// program is flare-kit in its image.
const program = "/flare-kit"

// The mount paths of the verifier.
const (
	// mountFrom has the kit's folder of the claim, with startup/.
	mountFrom = "/kit"
	// mountSeal has the kit's Secret, with the seal.
	mountSeal = "/seal"
	// mountTo has the emptyDir in memory for the verified copy.
	mountTo = "/startup"
)

// Verifier is the name of the init container that copies a kit from its volume to
// memory. It fails unless the copy matches the seal, so that the pod does not start.
const Verifier = "flare-verify"

// Mounts are the names of a pod's volumes that the verifier mounts.
type Mounts struct {
	// Raw is the volume of the claim, Seal that of the kit's Secret, and Copy that of
	// the emptyDir in memory that the participant mounts as its startup/.
	Raw, Seal, Copy string
}

// MountsOf reads the names from a verifier. If it lacks a mount, the name is "".
func MountsOf(c *corev1.Container) Mounts {
	var m Mounts
	for i := range c.VolumeMounts {
		switch mount := &c.VolumeMounts[i]; mount.MountPath {
		case mountFrom:
			m.Raw = mount.Name
		case mountSeal:
			m.Seal = mount.Name
		case mountTo:
			m.Copy = mount.Name
		}
	}
	return m
}

// Verify is the verifier of the kit with this digest in this folder of the volume. It
// sets all fields for which the API server has defaults, so that whole containers can be
// compared.
func Verify(image, digest, folder string, m Mounts) corev1.Container {
	return container(Verifier, image,
		[]string{"verify", "--digest=" + digest, "--from=" + mountFrom, "--seal=" + mountSeal, "--to=" + mountTo},
		[]corev1.VolumeMount{
			{Name: m.Raw, MountPath: mountFrom, SubPath: folder, ReadOnly: true},
			{Name: m.Seal, MountPath: mountSeal, ReadOnly: true},
			{Name: m.Copy, MountPath: mountTo},
		})
}

// container is a container of flare-kit. It needs a memory limit if the namespace has a
// quota, and the copied files count towards this limit.
func container(name, image string, args []string, mounts []corev1.VolumeMount) corev1.Container {
	return corev1.Container{
		Name: name, Image: image, ImagePullPolicy: corev1.PullIfNotPresent,
		Command: []string{program}, Args: args, VolumeMounts: mounts,
		Resources: corev1.ResourceRequirements{
			Requests: corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("10m"), corev1.ResourceMemory: resource.MustParse("16Mi")},
			Limits:   corev1.ResourceList{corev1.ResourceCPU: resource.MustParse("1"), corev1.ResourceMemory: resource.MustParse("256Mi")},
		},
		SecurityContext: &corev1.SecurityContext{
			AllowPrivilegeEscalation: new(false), ReadOnlyRootFilesystem: new(true),
			Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
		},
		// The pod's status then shows why a kit was rejected.
		TerminationMessagePath:   corev1.TerminationMessagePathDefault,
		TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
	}
}

// CopyVolume is the emptyDir for the copy. It is in memory, so that no key is written to
// the node's disk, and its size is limited to that of a kit.
func CopyVolume(name string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{
		Medium: corev1.StorageMediumMemory, SizeLimit: new(resource.MustParse("192Mi")),
	}}}
}

// RawVolume is the volume of the claim with the kits. Containers of the pod cannot write
// to it.
func RawVolume(name, claim string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim, ReadOnly: true},
	}}
}

// SealVolume is the volume of the kit's Secret. Its files are readable by the group.
func SealVolume(name, secret string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{
		SecretName: secret, DefaultMode: new(int32(0o440)),
	}}}
}
