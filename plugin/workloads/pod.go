package workloads

import (
	"cmp"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kitvolume"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// PodSpec is the part of a pod that does not depend on what runs in it: its ServiceAccount,
// whose token only a launcher gets, its image pull secrets, and the copy of a kit on a
// volume. It has no containers and no volumes.
func (b Builder) PodSpec() corev1.PodSpec {
	pod := corev1.PodSpec{
		ServiceAccountName:           b.Name,
		AutomountServiceAccountToken: new(b.JobPods),
		EnableServiceLinks:           new(false),
		SecurityContext:              b.Security(),
	}
	pod.InitContainers = b.verifier()
	for _, name := range b.ImagePullSecrets {
		pod.ImagePullSecrets = append(pod.ImagePullSecrets, corev1.LocalObjectReference{Name: name})
	}
	return pod
}

// Container sets HOME to the only path that is always writable: libraries put their caches
// there, and the root file system is read-only. Its user has a name, since images do not have
// one for the user ID.
func (b Builder) Container(name string, command ...string) corev1.Container {
	return corev1.Container{
		Name:            name,
		Image:           cmp.Or(b.Images[name], b.Image),
		Command:         command,
		Env:             profiles.UserVariables(),
		Resources:       b.Resources.Requirements(),
		SecurityContext: ContainerSecurity(),
	}
}

// KitVolumes are the kit Secret, readable by the group only, and local/. The whole Secret is
// mounted, so the two files of a seal appear in startup/ too: with a list of items, the pod
// would depend on the kit's files. A seal contains no secrets.
func (b Builder) KitVolumes() []corev1.Volume {
	secret, local := kit.SecretName(b.Kit), corev1.Volume{Name: VolumeLocal, VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: kit.ConfigMapName(b.Kit)},
	}}}
	if v := b.Kit.Volume; v != nil {
		return []corev1.Volume{kitvolume.CopyVolume(VolumeStartup), kitvolume.SealVolume(volumeSeal, secret), kitvolume.RawVolume(volumeRaw, v.ClaimName), local}
	}
	return []corev1.Volume{kitvolume.SealVolume(VolumeStartup, secret), local}
}

// verifier copies a kit from its volume to memory before anything else runs.
func (b Builder) verifier() []corev1.Container {
	if b.Kit.Volume == nil {
		return nil
	}
	mounts := kitvolume.Mounts{Raw: volumeRaw, Seal: volumeSeal, Copy: VolumeStartup}
	return []corev1.Container{kitvolume.Verify(b.KitImage, b.Kit.Digest(), b.Kit.Volume.SubPath, mounts)}
}

// KitMounts mount startup/ and local/ below root.
func KitMounts(root string) []corev1.VolumeMount {
	return []corev1.VolumeMount{
		{Name: VolumeStartup, MountPath: root + "/startup", ReadOnly: true},
		{Name: VolumeLocal, MountPath: root + "/local", ReadOnly: true},
	}
}

// EmptyDir is scratch space on the node's disk.
func EmptyDir(name string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}
}

// WorkspaceVolume is the participant's workspace claim.
func (b Builder) WorkspaceVolume() corev1.Volume {
	return corev1.Volume{Name: VolumeWorkspace, VolumeSource: corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: ClaimName(b.Kit.Participant)},
	}}
}
