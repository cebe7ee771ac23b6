package nvflare

import (
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kitvolume"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// The volumes' names.
const (
	volumeWorkspace = "workspace"
	volumeStartup   = "startup"
	volumeLocal     = "local"
	volumeSeal      = "seal"
	volumeRaw       = "raw-kit"
	volumeTmp       = "tmp"
)

// ClaimName is the name of the participant's workspace claim.
func ClaimName(participant string) string {
	return kit.ObjectName(participant) + "-workspace"
}

func (b builder) workspaceClaim() *corev1.PersistentVolumeClaim {
	meta := b.meta(ClaimName(b.kit.Participant))
	// The claim outlives the kit that it was made with.
	delete(meta.Annotations, names.AnnotationKitDigest)
	delete(meta.Annotations, names.AnnotationNotAfter)
	delete(meta.Annotations, names.AnnotationKitVolume)
	claim := &corev1.PersistentVolumeClaim{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"},
		ObjectMeta: meta,
		Spec: corev1.PersistentVolumeClaimSpec{
			AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources: corev1.VolumeResourceRequirements{
				Requests: corev1.ResourceList{corev1.ResourceStorage: b.StorageSize},
			},
		},
	}
	if b.StorageClass != "" {
		claim.Spec.StorageClassName = new(b.StorageClass)
	}
	return claim
}

// kitVolumes are the kit Secret, readable by the group only, and local/. The
// Secret is mounted whole, so that the two files of a seal appear in startup/ as
// well: NVFLARE opens files there by name and looks for none but
// *__resources.json, and a list of items would make the pod's form hang on the
// kit's files. Nothing in a seal is secret.
func (b builder) kitVolumes() []corev1.Volume {
	secret, local := kit.SecretName(b.kit), corev1.Volume{Name: volumeLocal, VolumeSource: corev1.VolumeSource{ConfigMap: &corev1.ConfigMapVolumeSource{
		LocalObjectReference: corev1.LocalObjectReference{Name: kit.ConfigMapName(b.kit)},
	}}}
	if v := b.kit.Volume; v != nil {
		return []corev1.Volume{kitvolume.CopyVolume(volumeStartup), kitvolume.SealVolume(volumeSeal, secret), kitvolume.RawVolume(volumeRaw, v.ClaimName), local}
	}
	return []corev1.Volume{kitvolume.SealVolume(volumeStartup, secret), local}
}

// verifier copies a kit from its volume to memory before anything else runs.
func (b builder) verifier() []corev1.Container {
	if b.kit.Volume == nil {
		return nil
	}
	mounts := kitvolume.Mounts{Raw: volumeRaw, Seal: volumeSeal, Copy: volumeStartup}
	return []corev1.Container{kitvolume.Verify(b.KitImage, b.kit.Digest(), b.kit.Volume.SubPath, mounts)}
}

func kitMounts(root string) []corev1.VolumeMount {
	return []corev1.VolumeMount{
		{Name: volumeStartup, MountPath: root + "/startup", ReadOnly: true},
		{Name: volumeLocal, MountPath: root + "/local", ReadOnly: true},
	}
}

func emptyDir(name string) corev1.Volume {
	return corev1.Volume{Name: name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}}
}

func (b builder) parentVolumes() []corev1.Volume {
	claim := corev1.Volume{Name: volumeWorkspace, VolumeSource: corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: ClaimName(b.kit.Participant)},
	}}
	return append(append([]corev1.Volume{claim}, b.kitVolumes()...), emptyDir(volumeTmp))
}

func (b builder) parentMounts() []corev1.VolumeMount {
	mounts := []corev1.VolumeMount{{Name: volumeWorkspace, MountPath: workspace, SubPath: "workspace"}}
	mounts = append(mounts, kitMounts(workspace)...)
	mounts = append(mounts, corev1.VolumeMount{Name: volumeTmp, MountPath: "/tmp"})
	if b.kit.Role == kit.RoleServer {
		// resources.json.default puts jobs and snapshots below /tmp/nvflare: on
		// the claim, so that finished jobs outlive a restart.
		mounts = append(mounts, corev1.VolumeMount{Name: volumeWorkspace, MountPath: "/tmp/nvflare", SubPath: "nvflare"})
	}
	return mounts
}
