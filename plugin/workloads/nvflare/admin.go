package nvflare

import (
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
)

// cronJob holds the template of the admin's short-lived pod. It is always suspended:
// `kubectl flare job` creates pods from it, as `kubectl create job --from` would. No admin
// process runs between two commands, so the admin's key is in no pod while it is not in use.
// A PodTemplate would do too, but the built-in role `edit` may not write one.
func (b builder) cronJob() *batchv1.CronJob {
	return &batchv1.CronJob{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: workloads.KindCronJob},
		ObjectMeta: b.Meta(b.Name),
		Spec: batchv1.CronJobSpec{
			Schedule: "@yearly",
			Suspend:  new(true),
			JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{
				Template: corev1.PodTemplateSpec{ObjectMeta: b.PodMeta(), Spec: b.adminPod()},
			}},
		},
	}
}

// The volumes that only an admin's pod has.
const (
	volumeKit  = "kit"
	volumeWork = "work"
)

func (b builder) adminPod() corev1.PodSpec {
	pod := b.PodSpec()
	pod.RestartPolicy = corev1.RestartPolicyNever
	pod.ActiveDeadlineSeconds = new(int64(nvflare.AdminSeconds))
	pod.TerminationGracePeriodSeconds = new(int64(1))
	pod.Volumes = append([]corev1.Volume{adminKitRoot()}, b.KitVolumes()...)
	pod.Volumes = append(pod.Volumes, workloads.EmptyDir(volumeWork), workloads.EmptyDir(workloads.VolumeTmp))
	c := b.python("-c", nvflare.AdminScript)
	c.VolumeMounts = append([]corev1.VolumeMount{{Name: volumeKit, MountPath: nvflare.AdminKitPath}}, workloads.KitMounts(nvflare.AdminKitPath)...)
	c.VolumeMounts = append(c.VolumeMounts,
		corev1.VolumeMount{Name: volumeWork, MountPath: nvflare.AdminWorkPath},
		corev1.VolumeMount{Name: workloads.VolumeTmp, MountPath: "/tmp"})
	pod.Containers = []corev1.Container{c}
	return b.Finish(pod, "")
}

// adminKitRoot is writable memory: the admin client creates transfer/ beside startup/ for
// uploads and downloads.
func adminKitRoot() corev1.Volume {
	return corev1.Volume{Name: volumeKit, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{
		Medium: corev1.StorageMediumMemory, SizeLimit: new(resource.MustParse("256Mi")),
	}}}
}
