package nvflare

import (
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// Where an admin pod has its kit and where job folders go.
const (
	AdminKitPath  = "/kit"
	AdminWorkPath = "/work"
)

// adminSeconds is how long an admin pod that nobody deletes lives.
const adminSeconds = 3600

// cronJob holds how the admin's short-lived pod looks. It is suspended for good:
// `kubectl flare job` makes pods from it, as `kubectl create job --from` would. No
// admin process runs between two commands, so that its key is in no pod while
// nobody uses it. A PodTemplate would say the same, but the built-in role `edit`
// has no right to it.
func (b builder) cronJob() *batchv1.CronJob {
	return &batchv1.CronJob{
		TypeMeta:   metav1.TypeMeta{APIVersion: "batch/v1", Kind: "CronJob"},
		ObjectMeta: b.meta(b.name),
		Spec: batchv1.CronJobSpec{
			Schedule: "@yearly",
			Suspend:  new(true),
			JobTemplate: batchv1.JobTemplateSpec{Spec: batchv1.JobSpec{
				Template: corev1.PodTemplateSpec{ObjectMeta: b.podMeta(), Spec: b.adminPod()},
			}},
		},
	}
}

func (b builder) adminPod() corev1.PodSpec {
	pod := b.basePod()
	pod.RestartPolicy = corev1.RestartPolicyNever
	pod.ActiveDeadlineSeconds = new(int64(adminSeconds))
	pod.TerminationGracePeriodSeconds = new(int64(1))
	pod.Volumes = append([]corev1.Volume{adminKitRoot()}, b.kitVolumes()...)
	pod.Volumes = append(pod.Volumes, emptyDir("work"), emptyDir(volumeTmp))
	container := b.baseContainer()
	container.Command = []string{python, "-c", "import time; time.sleep(3600)"}
	container.VolumeMounts = append([]corev1.VolumeMount{{Name: "kit", MountPath: AdminKitPath}}, kitMounts(AdminKitPath)...)
	container.VolumeMounts = append(container.VolumeMounts,
		corev1.VolumeMount{Name: "work", MountPath: AdminWorkPath},
		corev1.VolumeMount{Name: volumeTmp, MountPath: "/tmp"})
	pod.Containers = []corev1.Container{container}
	return pod
}

// adminKitRoot is writable memory: the admin client makes transfer/ beside
// startup/, for what it uploads and downloads.
func adminKitRoot() corev1.Volume {
	return corev1.Volume{Name: "kit", VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{
		Medium: corev1.StorageMediumMemory, SizeLimit: new(resource.MustParse("256Mi")),
	}}}
}
