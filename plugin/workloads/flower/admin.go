package flower

import (
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
)

// cronJob holds the template of a scientist's short-lived pod, and is always suspended:
// `kubectl flare job` creates pods from it. Between two commands the scientist's key is in no
// pod.
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

// volumeWork has apps and results.
const volumeWork = "work"

// adminPod waits for commands of the flwr CLI, which dials the proxy on loopback. Only the
// proxy has the scientist's key: the CLI also runs code of apps when it builds them.
func (b builder) adminPod() corev1.PodSpec {
	pod := b.PodSpec()
	pod.RestartPolicy = corev1.RestartPolicyNever
	pod.ActiveDeadlineSeconds = new(int64(flower.AdminSeconds))
	pod.TerminationGracePeriodSeconds = new(int64(1))
	pod.Volumes = append(b.KitVolumes(), workloads.EmptyDir(volumeWork))
	cli := b.python(containerAdmin, flower.Python, "-c", flower.AdminScript)
	cli.VolumeMounts = []corev1.VolumeMount{{Name: volumeWork, MountPath: flower.AdminWorkPath}}
	return b.Finish(withScratch(pod, cli, b.proxy()), "")
}
