package scenario

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	corev1 "k8s.io/api/core/v1"
)

// Attacks prepares attacks on the first site, which must be denied.
func (f *Flower) Attacks(ctx context.Context) ([]Attack, error) {
	if err := f.letEveIn(ctx); err != nil {
		return nil, err
	}
	changed, err := f.changedKit()
	if err != nil {
		return nil, err
	}
	attacks := []Attack{
		{"one changed byte of a kit", []string{f.Flare, "kit", "inject", changed, "-n", f.Site1Namespace(), "--root-fingerprint", f.Root}, "flower.json: changed"},
	}
	for _, prepare := range []func(context.Context) ([]Attack, error){f.nodeAttacks, f.taskAttacks, f.serviceAttacks} {
		more, err := prepare(ctx)
		if err != nil {
			return nil, err
		}
		attacks = append(attacks, more...)
	}
	return attacks, nil
}

// changedKit is the first site's kit with one byte more.
func (f *Flower) changedKit() (string, error) {
	dir := filepath.Join(f.Dir, "changed", Site1)
	if err := os.CopyFS(dir, os.DirFS(f.Kit(Site1))); err != nil {
		return "", err
	}
	file, err := os.OpenFile(filepath.Join(dir, "startup", "flower.json"), os.O_APPEND|os.O_WRONLY, 0)
	if err != nil {
		return "", err
	}
	_, err = file.WriteString("\n")
	return dir, errors.Join(err, file.Close())
}

// pods are attacks with pods like the given one, each with one thing changed. as is the flag
// that says who writes them.
func (f *Flower) pods(like *corev1.Pod, as string, changes []podChange) ([]Attack, error) {
	var attacks []Attack
	for i, c := range changes {
		pod := like.DeepCopy()
		c.change(pod)
		file, err := f.write(fmt.Sprintf("%s-%d.json", like.Name, i), pod)
		if err != nil {
			return nil, err
		}
		attacks = append(attacks, Attack{c.name, []string{f.Kubectl, as, "create", "-f", file}, c.want})
	}
	return attacks, nil
}

type podChange struct {
	name, want string
	change     func(*corev1.Pod)
}

// nodeAttacks are pods like the first site's SuperNode.
func (f *Flower) nodeAttacks(ctx context.Context) ([]Attack, error) {
	node, err := f.ClientPod(ctx)
	if err != nil {
		return nil, err
	}
	argument := func(words ...string) func(*corev1.Pod) {
		return func(p *corev1.Pod) { p.Spec.Containers[0].Args = append(p.Spec.Containers[0].Args, words...) }
	}
	return f.pods(node, "--as="+eve, []podChange{
		{"no TLS", "--insecure", argument("--insecure")},
		{"no TLS, abbreviated", "--insec", argument("--insec")},
		{"packages from elsewhere", "--allow-runtime-dependency-installation", argument("--allow-runtime-dependency-installation")},
		{"a shell around the command", "command", func(p *corev1.Pod) {
			c := &p.Spec.Containers[0]
			c.Args = []string{"-c", strings.Join(append(c.Command, c.Args...), " ")}
			c.Command = []string{"sh"}
		}},
	})
}

// taskName is the name of a pod as SuperExec gives it.
const taskName = "flwr-taskexecutor-7-0123456789ab"

// task is the pod of a task as the first site's SuperExec would make it.
func (f *Flower) task() *corev1.Pod {
	tmp := corev1.VolumeMount{Name: "tmp", MountPath: "/tmp"}
	task := &corev1.Pod{Spec: corev1.PodSpec{
		AutomountServiceAccountToken: new(false), RestartPolicy: corev1.RestartPolicyNever,
		SecurityContext: &corev1.PodSecurityContext{
			RunAsNonRoot: new(true), RunAsUser: new(int64(65532)), FSGroup: new(int64(65532)),
			SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
		},
		Containers: []corev1.Container{{
			Name: "taskexecutor", Image: f.Image, Command: []string{"flwr-clientapp"},
			Args: []string{
				"--runtime-api-address", Site1 + ":9094", "--token-file", "/run/flwr/appio/token", "--root-certificates", "/run/flwr/appio/ca.crt",
			},
			SecurityContext: &corev1.SecurityContext{
				AllowPrivilegeEscalation: new(false), ReadOnlyRootFilesystem: new(true), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}},
			},
			VolumeMounts: []corev1.VolumeMount{{Name: "appio-credentials", MountPath: "/run/flwr/appio", ReadOnly: true}, tmp},
		}},
		Volumes: []corev1.Volume{
			{Name: "appio-credentials", VolumeSource: corev1.VolumeSource{
				Secret: &corev1.SecretVolumeSource{SecretName: taskName + "-appio", DefaultMode: new(int32(0o444))},
			}},
			{Name: tmp.Name, VolumeSource: corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}}},
		},
	}}
	task.APIVersion, task.Kind, task.Name, task.Namespace = "v1", "Pod", taskName, f.Site1Namespace()
	return task
}

// launcher is a kubeconfig with the token of the first site's SuperNode, which is bound to its
// pod: with another one, a pod would be denied for that reason alone.
func (f *Flower) launcher(ctx context.Context) (string, error) {
	namespace := f.Site1Namespace()
	pod, err := Must(ctx, nil, f.Kubectl, "get", "pods", "-n", namespace, "-l", "kubectl-flare.dev/role=client", "-o", "jsonpath={.items[0].metadata.name}")
	if err != nil {
		return "", err
	}
	token, err := Must(ctx, nil, f.Kubectl, "create", "token", Site1, "-n", namespace, "--bound-object-kind=Pod", "--bound-object-name="+pod)
	if err != nil {
		return "", err
	}
	out, err := Must(ctx, nil, f.Kubectl, "config", "view", "--raw", "--minify", "-o", "json")
	if err != nil {
		return "", err
	}
	var config struct {
		APIVersion     string           `json:"apiVersion"`
		Kind           string           `json:"kind"`
		CurrentContext string           `json:"current-context"`
		Clusters       []any            `json:"clusters"`
		Contexts       []any            `json:"contexts"`
		Users          []map[string]any `json:"users"`
	}
	if err := json.Unmarshal([]byte(out), &config); err != nil {
		return "", err
	}
	for _, user := range config.Users {
		user["user"] = map[string]any{"token": strings.TrimSpace(token)}
	}
	return f.write("launcher.json", config)
}

// AdmitTask has the pod of a task reviewed, which must be allowed.
func (f *Flower) AdmitTask(ctx context.Context) error {
	kubeconfig, err := f.launcher(ctx)
	if err != nil {
		return err
	}
	file, err := f.write("task.json", f.task())
	if err != nil {
		return err
	}
	_, err = Must(ctx, nil, f.Kubectl, "--kubeconfig="+kubeconfig, "create", "--dry-run=server", "-f", file)
	return err
}

// taskAttacks are pods of tasks, each with one thing changed.
func (f *Flower) taskAttacks(ctx context.Context) ([]Attack, error) {
	kubeconfig, err := f.launcher(ctx)
	if err != nil {
		return nil, err
	}
	_, digest, _ := strings.Cut(f.Image, "@")
	return f.pods(f.task(), "--kubeconfig="+kubeconfig, []podChange{
		{"a task with a folder of the node", "hostPath", func(p *corev1.Pod) {
			volume(p, "host", corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}, "/host", true)
		}},
		{"a task in an unlisted image", "repository is not allowed", func(p *corev1.Pod) { p.Spec.Containers[0].Image = "registry.lab:5000/evil@" + digest }},
		{"a task that dials another SuperNode", "not a participant's command", func(p *corev1.Pod) { p.Spec.Containers[0].Args[1] = "evil:9094" }},
	})
}

const controlService = `apiVersion: v1
kind: Service
metadata: {name: open, namespace: %s}
spec: {type: NodePort, selector: {kubectl-flare.dev/role: server}, ports: [{port: 443, targetPort: 9093}]}
`

// serviceAttacks open the Control API to the world.
func (f *Flower) serviceAttacks(context.Context) ([]Attack, error) {
	file := filepath.Join(f.Dir, "service.yaml")
	if err := os.WriteFile(file, fmt.Appendf(nil, controlService, f.Site1Namespace()), 0o600); err != nil {
		return nil, err
	}
	return []Attack{{"a Service that opens the Control API", []string{f.Kubectl, "--as=" + eve, "create", "-f", file}, "9093"}}, nil
}
