package flower

import (
	"bytes"
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/util/intstr"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/labelvalue"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Launches says whether local/ configures the pods of tasks.
func (Workloads) Launches(k *kit.Kit) bool {
	_, ok := k.Local.Get(flower.ExecutorFile)
	return ok
}

// LauncherSettings adds the configuration of the pods of tasks, or keeps the one that is
// there. Only a SuperNode has such pods: those of a SuperLink would have to reach a port at
// which its Control API answers too.
func (Workloads) LauncherSettings(k *kit.Kit, o workloads.LauncherOptions) (kit.Files, error) {
	if err := checkLauncher(k); err != nil {
		return nil, err
	}
	if _, ok := k.Local.Get(flower.ExecutorFile); ok {
		return k.Local, nil
	}
	if o.Image == "" {
		return nil, errors.New("an image for the pods of tasks is missing: SuperExec takes it from its configuration")
	}
	data, err := yaml.Marshal(executor(k, o))
	if err != nil {
		return nil, err
	}
	return with(k.Local, kit.File{Name: flower.ExecutorFile, Data: data}), nil
}

func checkLauncher(k *kit.Kit) error {
	switch k.Role {
	case flower.RoleClient:
		return (Workloads{}).CheckJobContainer(k)
	case flower.RoleServer:
		return fmt.Errorf("the SuperLink %q does not run its jobs in pods of their own, since these could reach its Control API: run them in a container of their own", k.Participant)
	case flower.RoleAdmin:
	}
	return errNoJobs(k)
}

// with adds a file in its place.
func with(files kit.Files, file kit.File) kit.Files {
	at, _ := slices.BinarySearchFunc(files, file.Name, func(f kit.File, name string) int { return bytes.Compare([]byte(f.Name), []byte(name)) })
	return slices.Insert(slices.Clone(files), at, file)
}

// executor is the configuration of SuperExec's KubernetesExecutor, with pods that meet the
// Pod Security Standard "restricted". Source: supercore/superexec/executor/factory.py, 1.36.0
// and 1.42.0.
func executor(k *kit.Kit, o workloads.LauncherOptions) map[string]any {
	pod := taskPod(k, o)
	task := pod.Containers[0]
	settings := map[string]any{
		"namespace": o.Namespace,
		"image":     o.Image,
		"labels": map[string]string{
			names.LabelParticipant: labelvalue.Of(k.Participant), names.LabelRole: string(v1alpha1.RoleJob),
		},
		"env":                        task.Env,
		"volumes":                    pod.Volumes,
		"volume-mounts":              task.VolumeMounts,
		"resources":                  workloads.Resources{}.Requirements(),
		"pod-security-context":       o.Security(),
		"container-security-context": workloads.ContainerSecurity(),
	}
	if len(pod.NodeSelector) > 0 {
		settings["node-selector"] = pod.NodeSelector
	}
	if len(pod.Tolerations) > 0 {
		settings["tolerations"] = pod.Tolerations
	}
	if pod.PriorityClassName != "" {
		settings["priority-class-name"] = pod.PriorityClassName
	}
	return settings
}

// containerTask is a name for the only container of a task's pod.
const containerTask = "task"

func taskPod(k *kit.Kit, o workloads.LauncherOptions) corev1.PodSpec {
	tmp := workloads.EmptyDir(workloads.VolumeTmp)
	env := append(profiles.UserVariables(), corev1.EnvVar{Name: "TMPDIR", Value: profiles.Scratch})
	pod := corev1.PodSpec{
		Volumes: []corev1.Volume{tmp},
		Containers: []corev1.Container{{
			Name: containerTask, Env: append(env, environment()...),
			VolumeMounts: []corev1.VolumeMount{{Name: tmp.Name, MountPath: profiles.Scratch}},
		}},
	}
	o.Settle(&pod, k, containerTask)
	return pod
}

// LauncherSecrets are none: each task has a Secret of its own.
func (Workloads) LauncherSecrets(string, kit.Role) []string { return nil }

// JobSecrets is the one with a task's token, of which the pod is not the owner.
func (Workloads) JobSecrets(pod string) []string { return []string{flower.TaskSecret(pod)} }

// launcher makes SuperExec run each task in a pod, which dials the SuperNode by the name of
// its Service. Its configuration is in local/.
func (b builder) launcher(superExec *corev1.Container) {
	superExec.Args = append(flower.SuperExecArguments(b.dialect, b.Kit.Role, flower.Workspace, flower.RuntimeService(b.Name)), flower.ExecutorArguments(flower.Workspace)...)
	superExec.VolumeMounts = append(superExec.VolumeMounts, workloads.KitMounts(flower.Workspace)[1])
}

// launcherNotes say what SuperExec cannot do for its pods.
func (b builder) launcherNotes() []string {
	var notes []string
	if b.JobPods && len(b.ImagePullSecrets) > 0 {
		notes = append(notes, "SuperExec gives the pods of tasks no image pull secrets: add "+strings.Join(b.ImagePullSecrets, ", ")+
			" to imagePullSecrets of the ServiceAccount default of namespace "+b.Namespace)
	}
	if b.JobPods && b.RuntimeClass != "" {
		notes = append(notes, "SuperExec gives the pods of tasks no RuntimeClass: they run with the cluster's default, not with "+b.RuntimeClass)
	}
	return notes
}

// runtimeService is where the pods of tasks dial the SuperNode.
func (b builder) runtimeService() []workloads.Object {
	if !b.JobPods {
		return nil
	}
	return []workloads.Object{b.Service(b.Name, []corev1.ServicePort{{
		Name: flower.PortRuntime, Port: flower.RuntimePort, Protocol: corev1.ProtocolTCP, TargetPort: intstr.FromString(flower.PortRuntime),
	}})}
}
