//go:build integration

package admission

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/rest"

	"github.com/kubectl-flare/kubectl-flare/plugin"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// flare runs the plugin; as somebody, where a name is given.
func flare(t *testing.T, as string, args ...string) (out, errOut string, err error) {
	t.Helper()
	streams, _, stdout, stderr := genericiooptions.NewTestIOStreams()
	flags := genericclioptions.NewConfigFlags(false)
	flags.WrapConfigFn = func(*rest.Config) *rest.Config {
		config := rest.CopyConfig(world.config)
		if as != "" {
			config.Impersonate = rest.ImpersonationConfig{UserName: as, Groups: []string{"system:authenticated"}}
		}
		return config
	}
	options := plugin.DefaultOptions(streams)
	options.ConfigFlags = flags
	cmd := plugin.NewCommand(options)
	cmd.SetArgs(args)
	err = cmd.ExecuteContext(t.Context())
	return stdout.String(), stderr.String(), err
}

const image = "registry.test/nvflare:2.9.0@sha256:bbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbbb"

// TestSite is the way of a site: a cluster admin governs the namespace, a site
// admin with no other right injects and launches a sealed kit there, and what is
// not sealed is denied.
func TestSite(t *testing.T) {
	ns := createNamespace(t, "fl-site", "")
	f := kittest.NewFederation(t, "demo", kittest.WithAddress("server1.fl-server.svc", 8002))
	add := []string{
		"site", "add", ns, "--root-fingerprint=" + pki.Fingerprint(f.Root), "--participant=site-1", "--image=" + image,
		"--server-namespace=fl-server", "--admin=site-ann",
	}
	out, errOut, err := flare(t, "", add...)
	require.NoError(t, err, errOut)
	require.Contains(t, out, "sitepolicy.kubectl-flare.dev/fl-site created")
	require.Contains(t, out, "namespace/fl-site labeled")
	out, _, err = flare(t, "", add...)
	require.NoError(t, err)
	for line := range strings.Lines(out) {
		require.True(t, strings.HasSuffix(line, " unchanged\n"), line)
	}
	within(t, 2*time.Second, "governed", func() bool {
		pod := podOf("p")
		pod.Spec.HostNetwork = true
		_, err := world.typed.CoreV1().Pods(ns).Create(t.Context(), pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err != nil
	})

	k := f.Client("site-1", "hospital_a")
	_, _, err = flare(t, "site-ann", "kit", "inject", k.WriteDir(t), "-n", ns)
	denied(t, err, "objects.kubectl-flare.dev", "seal")
	k.Seal(t, f.Sealer("lead"))
	dir := k.WriteDir(t)
	out, errOut, err = flare(t, "site-ann", "kit", "inject", dir, "-n", ns)
	require.NoError(t, err, errOut)
	require.Contains(t, out, "secret/flare-kit-site-1-")
	_, errOut, err = flare(t, "site-ann", "launch", dir, "-n", ns, "--image=registry.test/nvflare:2.9.0", "--wait=false")
	require.NoError(t, err, errOut)
	podFromDeployment(t, ns, "site-1")
	replaceKit(t, ns, kit.SecretName(k.Read()))
}

// podFromDeployment plays the controllers: mutation and validation see the pod.
func podFromDeployment(t *testing.T, ns, name string) {
	t.Helper()
	d, err := world.typed.AppsV1().Deployments(ns).Get(t.Context(), name, metav1.GetOptions{})
	require.NoError(t, err)
	pod := &corev1.Pod{ObjectMeta: d.Spec.Template.ObjectMeta, Spec: d.Spec.Template.Spec}
	pod.Name = "site-1-0"
	pod, err = world.typed.CoreV1().Pods(ns).Create(t.Context(), pod, metav1.CreateOptions{})
	require.NoError(t, err)
	require.Equal(t, strings.Replace(image, ":2.9.0@", "@", 1), pod.Spec.Containers[0].Image, "the tag was not rewritten")
	pod.Name, pod.ResourceVersion, pod.UID = "evil", "", ""
	pod.Spec.Containers[0].WorkingDir = pod.Spec.Containers[0].VolumeMounts[0].MountPath
	_, err = world.typed.CoreV1().Pods(ns).Create(t.Context(), pod, metav1.CreateOptions{})
	denied(t, err, "pods.kubectl-flare.dev", "workingDir")
}

// replaceKit deletes a kit's Secret and makes it again with other content.
func replaceKit(t *testing.T, ns, name string) {
	t.Helper()
	secrets := world.typed.CoreV1().Secrets(ns)
	secret, err := secrets.Get(t.Context(), name, metav1.GetOptions{})
	require.NoError(t, err)
	require.NoError(t, secrets.Delete(t.Context(), name, metav1.DeleteOptions{}))
	secret.ResourceVersion, secret.UID = "", ""
	secret.Data["start.sh"] = append(secret.Data["start.sh"], '\n')
	_, err = secrets.Create(t.Context(), secret, metav1.CreateOptions{})
	denied(t, err, "objects.kubectl-flare.dev", "seal-files")
	require.NotContains(t, err.Error(), "PRIVATE")
}

// TestRequestCanBeApplied: what request prints is what a cluster takes.
func TestRequestCanBeApplied(t *testing.T) {
	ns := createNamespace(t, "fl-request", "")
	out, _, err := flare(t, "", "site", "request", ns, "--root-fingerprint="+strings.Repeat("5f", 32), "--participant=x", "--image="+image)
	require.NoError(t, err)
	file := filepath.Join(t.TempDir(), "request.yaml")
	require.NoError(t, os.WriteFile(file, []byte(out), 0o600))
	for _, object := range decode(t, file) {
		require.NoError(t, world.apply(t.Context(), object), object.GetKind())
	}
	got, err := world.typed.CoreV1().Namespaces().Get(t.Context(), ns, metav1.GetOptions{})
	require.NoError(t, err)
	require.Equal(t, ns, got.Labels["kubectl-flare.dev/site-policy"])
}
