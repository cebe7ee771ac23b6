package nvflare

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/labelvalue"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// idLauncher is the ID of the component that makes job pods.
const idLauncher = "k8s_launcher"

// replaced are the IDs of components that a launcher of job pods does without: other
// launchers, and those that count the GPUs of one machine. Source: deploy_common.py, 2.9.0.
func replaced() []string {
	return []string{"process_launcher", "docker_launcher", idLauncher, "slurm_launcher", "resource_consumer", "resource_manager"}
}

// launcherResources is resources.json with the launcher. The file that NVFLARE ships stays as
// it is.
func launcherResources(local kit.Files, k *kit.Kit, o workloads.LauncherOptions) (kit.File, error) {
	name, resources, err := resourcesOf(local)
	if err != nil {
		return kit.File{}, err
	}
	class := "nvflare.app_opt.job_launcher.k8s_launcher.ClientK8sJobLauncher"
	if k.Role == nvflare.RoleServer {
		class = "nvflare.app_opt.job_launcher.k8s_launcher.ServerK8sJobLauncher"
	}
	args := map[string]any{
		"config_file_path": nil, "namespace": o.Namespace, "default_python_path": o.Interpreter(nvflare.Python), "workspace_mount_path": nvflare.Workspace,
	}
	if _, ok := local.Get(fileStudyData); ok {
		args["study_data_pvc_file_path"] = nvflare.Workspace + "/local/" + fileStudyData
	}
	if len(o.ImagePullSecrets) > 0 {
		args["image_pull_secrets"] = o.ImagePullSecrets
	}
	components := slices.DeleteFunc(componentsOf(resources), func(c any) bool { return slices.Contains(replaced(), idOf(c)) })
	resources["components"] = append(components,
		map[string]any{
			"id": "resource_manager", "path": "nvflare.app_common.resource_managers.passthrough_resource_manager.PassthroughResourceManager",
			"args": map[string]any{},
		},
		map[string]any{"id": idLauncher, "path": class, "args": args})
	file, err := jsonFile(local, name, resources)
	if file.Name != "" {
		file.Name = fileResources
	}
	return file, err
}

func componentsOf(resources map[string]any) []any {
	all, _ := resources["components"].([]any)
	return all
}

func idOf(component any) string {
	object, _ := component.(map[string]any)
	id, _ := object["id"].(string)
	return id
}

// parentAddress is comm_config.json, which says where job pods dial their parent: at the
// Service with the participant's name, with mutual TLS.
func parentAddress(local kit.Files, k *kit.Kit) (kit.File, error) {
	connect := map[string]any{"allow_adhoc_conns": false, "backbone_conn_gen": 2}
	if data, ok := local.Get(fileConnect); ok {
		var err error
		if connect, err = objectOf(fileConnect, data); err != nil {
			return kit.File{}, err
		}
	}
	connect["internal"] = map[string]any{
		"scheme":    "tcp",
		"resources": map[string]any{"host": kit.ObjectName(k.Participant), "port": nvflare.JobPort, "connection_security": "mtls"},
	}
	return jsonFile(local, fileConnect, connect)
}

// mainContainer is the name by which the launcher finds the container of a job in a template.
const mainContainer = "nvflare_job"

// defaultStudy is study_runtime.yaml for jobs without a study of their own, which belong to
// the study "default": their image if they name none, and what the launcher leaves out, so
// that their pods meet the Pod Security Standard "restricted" and can be found. A file that
// is there stays as it is.
func defaultStudy(local kit.Files, k *kit.Kit, o workloads.LauncherOptions) (kit.File, error) {
	for _, name := range []string{fileStudies, fileStudyData} {
		if _, ok := local.Get(name); ok {
			return kit.File{}, nil
		}
	}
	template, err := podTemplate(k, o)
	if err != nil {
		return kit.File{}, err
	}
	study := map[string]any{"pod_template": template}
	if o.Image != "" {
		study["container"] = map[string]any{"image": o.Image}
	}
	data, err := yaml.Marshal(map[string]any{"format_version": 2, "studies": map[string]any{"default": study}})
	return kit.File{Name: fileStudies, Data: data}, err
}

// podTemplate leaves out what the launcher sets.
func podTemplate(k *kit.Kit, o workloads.LauncherOptions) (map[string]any, error) {
	pod := jobPod(k, o)
	spec, err := runtime.DefaultUnstructuredConverter.ToUnstructured(&pod)
	if err != nil {
		return nil, err
	}
	containers, _ := spec["containers"].([]any)
	for _, c := range containers {
		if c, ok := c.(map[string]any); ok {
			delete(c, "resources")
		}
	}
	return map[string]any{
		"metadata": map[string]any{"labels": map[string]string{
			names.LabelParticipant: labelvalue.Of(k.Participant), names.LabelRole: string(v1alpha1.RoleJob),
		}},
		"spec": spec,
	}, nil
}

func jobPod(k *kit.Kit, o workloads.LauncherOptions) corev1.PodSpec {
	tmp := workloads.EmptyDir(workloads.VolumeTmp)
	pod := corev1.PodSpec{
		AutomountServiceAccountToken: new(false),
		EnableServiceLinks:           new(false),
		SecurityContext:              o.Security(),
		Volumes:                      []corev1.Volume{tmp},
		Containers: []corev1.Container{{
			Name: mainContainer, SecurityContext: workloads.ContainerSecurity(),
			Env:          profiles.PythonVariables(),
			VolumeMounts: []corev1.VolumeMount{{Name: tmp.Name, MountPath: profiles.Scratch}},
		}},
	}
	o.Settle(&pod, k, mainContainer)
	return pod
}
