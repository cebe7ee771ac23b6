// Package kitvolume has the containers of the image flare-kit, of kits that are
// delivered on a PersistentVolumeClaim. They are made in one place, so that
// mutation, `kubectl flare launch` and `kit inject` write what validation
// recomputes.
package kitvolume

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// program is flare-kit in its image.
const program = "/flare-kit"

// Where the verifier sees what it needs.
const (
	// mountFrom is the kit's folder of the claim; it holds startup/.
	mountFrom = "/kit"
	// mountSeal is the kit's Secret, with the seal.
	mountSeal = "/seal"
	// mountTo is the memory that the verified copy goes to.
	mountTo = "/startup"
)

// Verifier is the name of the init container that copies a kit from its volume to
// memory and ends the pod's start unless the copy is what was sealed.
const Verifier = "flare-verify"

// Mounts are the names of a pod's volumes that the verifier mounts.
type Mounts struct {
	// Raw is the claim, Seal the kit's Secret, Copy the emptyDir in memory that the
	// participant mounts as its startup/.
	Raw, Seal, Copy string
}

// MountsOf reads the names out of a verifier, "" where it lacks a mount.
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

// Verify is the verifier of the kit with that digest, which lies in the folder of
// the volume. Everything that the API server would fill in is written out, so that
// the container can be compared whole.
func Verify(image, digest, folder string, m Mounts) corev1.Container {
	return container(Verifier, image,
		[]string{"verify", "--digest=" + digest, "--from=" + mountFrom, "--seal=" + mountSeal, "--to=" + mountTo},
		[]corev1.VolumeMount{
			{Name: m.Raw, MountPath: mountFrom, SubPath: folder, ReadOnly: true},
			{Name: m.Seal, MountPath: mountSeal, ReadOnly: true},
			{Name: m.Copy, MountPath: mountTo},
		})
}

// container is one of flare-kit's. A limit on memory is needed wherever a quota
// is, and what is copied counts against it.
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
		// Why a kit is refused is what people look for in the pod's status.
		TerminationMessagePath:   corev1.TerminationMessagePathDefault,
		TerminationMessagePolicy: corev1.TerminationMessageFallbackToLogsOnError,
	}
}

// CopyVolume is the emptyDir for the copy: in memory, so that no key is written to
// the node's disk, and not larger than a kit may be.
func CopyVolume(name string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{
		Medium: corev1.StorageMediumMemory, SizeLimit: new(resource.MustParse("192Mi")),
	}}}
}

// RawVolume is the claim with the kits; nothing in the pod may write to it.
func RawVolume(name, claim string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: claim, ReadOnly: true},
	}}
}

// SealVolume is the kit's Secret, readable by the group only.
func SealVolume(name, secret string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{
		SecretName: secret, DefaultMode: new(int32(0o440)),
	}}}
}
