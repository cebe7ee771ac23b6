//go:build e2e

package e2e

import (
	"bytes"
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// TestGoverned runs a federation in governed namespaces, with the real webhook
// under certificates of the real cert-manager, and then attacks it.
func TestGoverned(t *testing.T) {
	installWebhook(t)
	f := scenario.Federation{Name: "e2e_governed", Prefix: "e2e-gov"}
	kits, root := federation(t, f, env.NVFLARE)
	sealer := filepath.Join(t.TempDir(), "sealer")
	flare(t, "kit", "sealer", "new", "--name=release", "--state", filepath.Join(kits, "..", "state", "cert.json"), "--out", sealer)
	places := map[string]string{
		scenario.Server: f.ServerNamespace(), scenario.Admin: f.ServerNamespace(),
		scenario.Site1: f.Site1Namespace(), scenario.Site2: f.Site2Namespace(),
	}
	for name, namespace := range places {
		govern(t, namespace, root, places)
		if name == scenario.Site1 {
			said := refused(t, "kit", "inject", filepath.Join(kits, name), "-n", namespace, "--root-fingerprint", root)
			require.Contains(t, said, "seal", "a kit without a seal")
		}
		flare(t, "kit", "seal", filepath.Join(kits, name), "--key", filepath.Join(sealer, "sealer.key"), "--cert", filepath.Join(sealer, "sealer.crt"), "--root-fingerprint", root)
	}
	launchAll(t, f, kits, root)
	id := strings.TrimSpace(flare(t, "job", "submit", job, "--wait", "--timeout=5m", "-o", "name", "-n", f.ServerNamespace()))
	_, err := env.CheckModel(t.Context(), nil, f.ServerNamespace(), id, filepath.Join(t.TempDir(), "result"))
	require.NoError(t, err)
	attack(t, f, kits, root)
}

// installWebhook writes the manifests and takes them away at the end.
func installWebhook(t *testing.T) {
	t.Helper()
	image := os.Getenv("FLARE_WEBHOOK_IMAGE")
	require.NotEmpty(t, image, "run make lab-up")
	first, err := manifests.Prerequisites()
	require.NoError(t, err)
	rest, err := manifests.Objects(manifests.Options{Image: image, Certs: manifests.CertManager})
	require.NoError(t, err)
	before, after := writeObjects(t, first), writeObjects(t, rest)
	t.Cleanup(func() {
		for _, file := range []string{after, before} {
			_, err := scenario.Must(context.Background(), nil, env.Kubectl, "delete", "--ignore-not-found", "--wait=false", "-f", file)
			require.NoError(t, err)
		}
		_, err := scenario.Must(context.Background(), nil, env.Kubectl, "wait", "--for=delete", "namespace/flare-system", "--timeout=60s")
		require.NoError(t, err)
	})
	kubectl(t, "apply", "--server-side", "-f", before)
	kubectl(t, "wait", "--for=condition=Established", "crd/sitepolicies.kubectl-flare.dev", "--timeout=30s")
	kubectl(t, "apply", "--server-side", "-f", after)
	kubectl(t, "rollout", "status", "deployment/flare-webhook", "-n", "flare-system", "--timeout=60s")
}

func writeObjects(t *testing.T, objects []*unstructured.Unstructured) string {
	t.Helper()
	var out bytes.Buffer
	for _, o := range objects {
		data, err := yaml.Marshal(o)
		require.NoError(t, err)
		fmt.Fprintf(&out, "---\n%s", data)
	}
	path := filepath.Join(t.TempDir(), "manifests.yaml")
	require.NoError(t, os.WriteFile(path, out.Bytes(), 0o600))
	return path
}

const sitePolicy = `apiVersion: kubectl-flare.dev/v1alpha1
kind: SitePolicy
metadata: {name: %s}
spec:
  enforcement: Enforce
  participants: [%s]
  kits: {trustRoots: [{name: root, sha256: "%s"}], signature: Seal}
  images: {allowed: [{repository: %s, digest: "%s"}]}
  workspace: {claimName: "{participant}-workspace", mountPath: /workspace}
  privacy: {interactiveAccess: {podRoles: [admin]}}
  podSecurity: {level: restricted, version: latest, runAsUser: 65532, fsGroup: 65532}
  otherPods: Isolated
`

// govern puts a namespace under a policy for the participants that belong there.
// Doing it twice does no harm.
func govern(t *testing.T, namespace, root string, places map[string]string) {
	t.Helper()
	var names []string
	for name, place := range places {
		if place == namespace {
			names = append(names, name)
		}
	}
	repository, digest, _ := strings.Cut(env.Image, "@")
	policy := filepath.Join(t.TempDir(), "policy.yaml")
	require.NoError(t, os.WriteFile(policy, fmt.Appendf(nil, sitePolicy, namespace, strings.Join(names, ", "), root, repository, digest), 0o600))
	kubectl(t, "apply", "--server-side", "-f", policy)
	t.Cleanup(func() {
		_, _ = scenario.Run(context.Background(), nil, env.Kubectl, "delete", "sitepolicy", namespace, "--ignore-not-found")
	})
	binding := kubectl(t, "create", "rolebinding", "flare-webhook", "--clusterrole=flare-webhook-site",
		"--serviceaccount=flare-system:flare-webhook", "-n", namespace, "--dry-run=client", "-o", "yaml")
	file := filepath.Join(t.TempDir(), "binding.yaml")
	require.NoError(t, os.WriteFile(file, []byte(binding), 0o600))
	kubectl(t, "apply", "--server-side", "-f", file)
	kubectl(t, "label", "namespace", namespace, "--overwrite", "kubectl-flare.dev/site-policy="+namespace)
}

// attack tries what the webhook is for.
func attack(t *testing.T, f scenario.Federation, kits, root string) {
	t.Helper()
	namespace := f.Site1Namespace()
	client := clientPod(t, namespace)
	kit := client.Spec.Volumes[kitVolume(client)].Secret.SecretName
	for name, tc := range map[string]struct {
		change func(*corev1.Pod)
		want   string
	}{
		"hostPath": {func(p *corev1.Pod) {
			p.Spec.Volumes = append(p.Spec.Volumes, corev1.Volume{Name: "host", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}})
		}, "hostPath"},
		"an unlisted image": {func(p *corev1.Pod) {
			p.Spec.Containers[0].Image = "registry.lab:5000/evil@" + strings.Split(env.Image, "@")[1]
		}, "repository is not allowed"},
		"another command":     {func(p *corev1.Pod) { p.Spec.Containers[0].Command = []string{"cat"} }, "command"},
		"a working directory": {func(p *corev1.Pod) { p.Spec.Containers[0].WorkingDir = "/workspace" }, "workingDir"},
		"a variable that brings code": {func(p *corev1.Pod) {
			p.Spec.Containers[0].Env = append(p.Spec.Containers[0].Env, corev1.EnvVar{Name: "LD_PRELOAD", Value: "/workspace/x.so"})
		}, "LD_PRELOAD"},
		"a second mount of the kit":       {secondMount, "kit"},
		"another pod that mounts the kit": {func(p *corev1.Pod) { p.Spec.Containers[0].Args = []string{"-c", "import time"} }, "command"},
		"a kit that is not there":         {func(p *corev1.Pod) { p.Spec.Volumes[kitVolume(p)].Secret.SecretName = kit[:len(kit)-4] + "0000" }, "kit"},
	} {
		t.Run(name, func(t *testing.T) {
			pod := client.DeepCopy()
			tc.change(pod)
			require.Contains(t, kubectlRefused(t, "create", "-f", writePod(t, pod)), tc.want)
		})
	}
	// Somebody with every right to pods, but not to break the glass: the lab's admin
	// may do everything.
	kubectl(t, "create", "role", "eve", "-n", namespace, "--verb=*", "--resource=pods,pods/exec,pods/ephemeralcontainers,deployments.apps,replicasets.apps")
	kubectl(t, "create", "rolebinding", "eve", "-n", namespace, "--role=eve", "--user=eve")
	t.Run("exec into a client", func(t *testing.T) {
		require.Contains(t, kubectlRefused(t, "exec", "deployment/site-1", "-n", namespace, "--as=eve", "--", "id"), "SitePolicy "+namespace)
	})
	t.Run("an ephemeral container", func(t *testing.T) {
		pods := strings.TrimSpace(kubectl(t, "get", "pods", "-n", namespace, "-o", "name"))
		require.Contains(t, kubectlRefused(t, "debug", pods, "-n", namespace, "--image", env.Image, "--profile=restricted", "--as=eve"), "SitePolicy "+namespace)
	})
	t.Run("another site's kit", func(t *testing.T) {
		require.Contains(t, refused(t, "kit", "inject", filepath.Join(kits, scenario.Site2), "-n", namespace, "--root-fingerprint", root), "Site_2")
	})
	t.Run("the kit's Secret again with other content", func(t *testing.T) {
		kubectl(t, "delete", "secret", kit, "-n", namespace)
		said := kubectlRefused(t, "create", "secret", "generic", kit, "-n", namespace, "--from-literal=client.key=evil")
		require.Contains(t, said, kit)
		flare(t, "kit", "inject", filepath.Join(kits, scenario.Site1), "-n", namespace, "--root-fingerprint", root)
	})
	t.Run("the namespace's label off", func(t *testing.T) {
		kubectl(t, "create", "clusterrole", "e2e-namespaces", "--verb=get,patch,update", "--resource=namespaces")
		kubectl(t, "create", "clusterrolebinding", "e2e-namespaces", "--clusterrole=e2e-namespaces", "--user=eve")
		t.Cleanup(func() {
			_, _ = scenario.Run(context.Background(), nil, env.Kubectl, "delete", "clusterrole,clusterrolebinding", "e2e-namespaces")
		})
		require.Contains(t, kubectlRefused(t, "label", "namespace", namespace, "kubectl-flare.dev/site-policy-", "--as=eve"), "govern")
	})
}

func clientPod(t *testing.T, namespace string) *corev1.Pod {
	t.Helper()
	var deployment struct {
		Spec struct{ Template corev1.PodTemplateSpec }
	}
	require.NoError(t, yaml.Unmarshal([]byte(kubectl(t, "get", "deployment", "site-1", "-n", namespace, "-o", "yaml")), &deployment))
	pod := &corev1.Pod{ObjectMeta: deployment.Spec.Template.ObjectMeta, Spec: deployment.Spec.Template.Spec}
	pod.APIVersion, pod.Kind, pod.Name, pod.Namespace = "v1", "Pod", "attack", namespace
	return pod
}

func kitVolume(pod *corev1.Pod) int {
	for i, v := range pod.Spec.Volumes {
		if v.Secret != nil {
			return i
		}
	}
	return -1
}

func secondMount(p *corev1.Pod) {
	c := &p.Spec.Containers[0]
	c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: p.Spec.Volumes[kitVolume(p)].Name, MountPath: "/tmp/kit", ReadOnly: true})
}

func writePod(t *testing.T, pod *corev1.Pod) string {
	t.Helper()
	data, err := yaml.Marshal(pod)
	require.NoError(t, err)
	path := filepath.Join(t.TempDir(), "pod.yaml")
	require.NoError(t, os.WriteFile(path, data, 0o600))
	return path
}

// kubectlRefused runs kubectl, which must fail, and returns why.
func kubectlRefused(t *testing.T, args ...string) string {
	t.Helper()
	r, err := scenario.Run(t.Context(), nil, append([]string{env.Kubectl}, args...)...)
	require.NoError(t, err)
	require.NotZero(t, r.Code, "not refused: %s", r.Stdout)
	return r.Stderr
}
