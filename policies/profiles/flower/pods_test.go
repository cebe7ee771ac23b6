package flower_test

import (
	"slices"
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	framework "github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles/profilestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

const (
	workspace  = "/workspace"
	superlink  = "superlink.fl-server.svc.cluster.local"
	nodeObject = "site-2-809cb9ad"
	taskPod    = "flwr-taskexecutor-7-0123456789ab"
	controller = "system:serviceaccount:kube-system:replicaset-controller"
)

// versions are one of each dialect.
func versions() map[framework.Dialect]string {
	return map[framework.Dialect]string{framework.DialectGRPC: "1.36.0", framework.DialectHTTP: "1.42.0"}
}

// identity is that of a participant of a role.
func identity(role kit.Role, d framework.Dialect) profiles.Identity {
	id := profiles.Identity{Participant: "Site_2", Org: "hospital_b", Role: role, Object: nodeObject, Workspace: workspace, Pod: "x"}
	id.Version = versions()[d]
	id.Server = kit.Endpoint{Scheme: "grpc", Host: superlink, Port: framework.FleetPort}
	return id
}

// container has limits, as launch writes them for every container but the first.
func container(name string, words ...string) corev1.Container {
	return corev1.Container{Name: name, Command: words[:1], Args: words[1:], Resources: corev1.ResourceRequirements{
		Limits: corev1.ResourceList{"cpu": resource.MustParse("1"), "memory": resource.MustParse("1Gi")},
	}}
}

func proxy() corev1.Container {
	return container("proxy", append([]string{framework.ProgramProxy}, framework.ProxyArguments(workspace)...)...)
}

func superExec(d framework.Dialect, role kit.Role, runtime string, more ...string) corev1.Container {
	words := append([]string{framework.ProgramSuperExec}, framework.SuperExecArguments(d, role, workspace, runtime)...)
	return container("superexec", append(words, more...)...)
}

// server are the containers of a SuperLink's pod.
func server(d framework.Dialect, i framework.Isolation) []corev1.Container {
	register := append([]string{framework.Python, "-c", framework.RegisterScript}, framework.RegisterArguments(d, workspace)...)
	all := []corev1.Container{
		container("superlink", append([]string{framework.ProgramSuperLink}, framework.SuperLinkArguments(d, i, workspace)...)...),
		proxy(), container("register", register...),
	}
	if i == framework.IsolationProcess {
		all = append(all, superExec(d, framework.RoleServer, framework.RuntimeAddress(framework.RoleServer)))
	}
	return all
}

// node are those of a SuperNode's pod. host is the address of its Runtime API.
func node(d framework.Dialect, i framework.Isolation, host string) []corev1.Container {
	words := framework.SuperNodeArguments(d, i, workspace, superlink+":9092", host, false)
	all := []corev1.Container{container("supernode", append([]string{framework.ProgramSuperNode}, words...)...)}
	switch {
	case i == framework.IsolationSubprocess:
	case host == framework.AnyAddress:
		all = append(all, superExec(d, framework.RoleClient, framework.RuntimeService(nodeObject), framework.ExecutorArguments(workspace)...))
	default:
		all = append(all, superExec(d, framework.RoleClient, framework.RuntimeAddress(framework.RoleClient)))
	}
	return all
}

func admin() []corev1.Container {
	return []corev1.Container{container("cli", framework.Python, "-c", framework.AdminScript), proxy()}
}

// task is the pod of a task, as SuperExec writes it.
func task() *corev1.Pod {
	p := pod([]corev1.Container{container("taskexecutor", append([]string{framework.ProgramClientApp}, framework.TaskArguments(framework.RuntimeService(nodeObject))...)...)}, "")
	p.Name = taskPod
	p.Spec.Volumes = []corev1.Volume{{Name: "appio-credentials", VolumeSource: corev1.VolumeSource{
		Secret: &corev1.SecretVolumeSource{SecretName: framework.TaskSecret(taskPod), DefaultMode: new(int32(0o444))},
	}}}
	p.Spec.Containers[0].VolumeMounts = []corev1.VolumeMount{{Name: "appio-credentials", MountPath: framework.TaskSecretPath, ReadOnly: true}}
	p.Spec.AutomountServiceAccountToken, p.Spec.RestartPolicy = new(false), corev1.RestartPolicyNever
	return p
}

// pod has the containers, and refers to a kit.
func pod(containers []corev1.Container, kitSecret string) *corev1.Pod {
	p := &corev1.Pod{Spec: corev1.PodSpec{Containers: slices.Clone(containers)}}
	p.Namespace, p.Name = policiestest.Namespace, "x-0"
	for i := range p.Spec.Containers {
		p.Spec.Containers[i].Image = "registry.example.org/flwr@sha256:" + strings.Repeat("0123456789abcdef", 4)
	}
	if kitSecret != "" {
		p.Spec.Volumes = []corev1.Volume{{Name: "kit", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: kitSecret}}}}
	}
	return p
}

// site is a policy and the facts of a federation of Flower.
func site(t *testing.T, d framework.Dialect) (*v1alpha1.SitePolicy, facts.Facts) {
	t.Helper()
	policy := policiestest.Policy(t)
	policy.Spec.Images.Allowed = []v1alpha1.AllowedImage{{Repository: "registry.example.org/flwr", Digest: "sha256:" + strings.Repeat("0123456789abcdef", 4)}}
	f := policiestest.Facts(policy)
	for _, k := range f.Kits {
		k.Framework, k.Version = framework.Name, versions()[d]
		k.Server = identity(k.Role, d).Server
		for name, local := range f.Locals {
			if local.Identity.Participant == k.Participant {
				local.Identity = k.Identity()
				f.Locals[name] = local
			}
		}
	}
	return policy, f
}

// pods are all pods of Flower in one dialect.
func pods(t *testing.T, d framework.Dialect) []profilestest.Pod {
	t.Helper()
	policy, f := site(t, d)
	made := func(name string, p *corev1.Pod) profilestest.Pod {
		return profilestest.Pod{Name: string(d) + ", " + name, Pod: p, Policy: policy, Facts: f, User: controller}
	}
	job := made("task", task())
	job.User, job.Facts.Launcher = policiestest.LauncherUser, policiestest.JobFacts(policy, "client").Launcher
	return []profilestest.Pod{
		made("SuperLink", pod(server(d, framework.IsolationSubprocess), policiestest.ServerKit)),
		made("SuperLink, apps apart", pod(server(d, framework.IsolationProcess), policiestest.ServerKit)),
		made("SuperNode", pod(node(d, framework.IsolationSubprocess, framework.Loopback), policiestest.ClientKit)),
		made("SuperNode, apps apart", pod(node(d, framework.IsolationProcess, framework.Loopback), policiestest.ClientKit)),
		made("SuperNode, apps elsewhere", pod(node(d, framework.IsolationProcess, framework.AnyAddress), policiestest.ClientKit)),
		made("scientist", pod(admin(), policiestest.AdminKit)),
		job,
	}
}
