//go:build integration

// Package launch runs the plugin's command tree against a real
// kube-apiserver and etcd, which envtest takes from KUBEBUILDER_ASSETS. There
// are no controllers and no nodes: what needs those is in the lab's tests.
package launch

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/kubectl-flare/kubectl-flare/plugin"
	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

const (
	namespace = "fl"
	image     = "--image=registry.example.org/nvflare:2.9.0"
	unwaited  = "--wait=false"
)

// cluster is a real API server with one namespace.
type cluster struct {
	t          *testing.T
	kubeconfig string
	typed      kubernetes.Interface
	federation *kittest.Federation
}

func start(t *testing.T) *cluster {
	t.Helper()
	env := &envtest.Environment{}
	config, err := env.Start()
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := env.Stop(); err != nil {
			t.Error(err)
		}
	})
	c := &cluster{
		t: t, kubeconfig: filepath.Join(t.TempDir(), "kubeconfig"), typed: kubernetes.NewForConfigOrDie(config),
		federation: kittest.NewFederation(t, "demo", kittest.WithAddress("server1.fl.svc.cluster.local", 8002)),
	}
	if err := os.WriteFile(c.kubeconfig, env.KubeConfig, 0o600); err != nil {
		t.Fatal(err)
	}
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace}}
	if _, err := c.typed.CoreV1().Namespaces().Create(t.Context(), ns, metav1.CreateOptions{}); err != nil {
		t.Fatal(err)
	}
	return c
}

func (c *cluster) run(args ...string) (out, errOut string, err error) {
	c.t.Helper()
	return clientstest.Run(c.t, func(streams genericiooptions.IOStreams) *cobra.Command {
		flags := genericclioptions.NewConfigFlags(true).WithWarningPrinter(streams)
		flags.CacheDir = new(c.t.TempDir())
		options := plugin.DefaultOptions(streams)
		options.ConfigFlags = flags
		return plugin.NewCommand(options)
	}, append(args, "--kubeconfig="+c.kubeconfig, "--namespace="+namespace)...)
}

func (c *cluster) must(args ...string) string {
	c.t.Helper()
	out, _, err := c.run(args...)
	if err != nil {
		c.t.Fatalf("%v: %v", args, err)
	}
	return out
}

// actions are the last words of the lines.
func actions(out string) map[string]string {
	found := map[string]string{}
	for line := range strings.Lines(out) {
		name, rest, _ := strings.Cut(strings.TrimSpace(line), " ")
		kind, _, _ := strings.Cut(name, "/")
		found[kind] = rest
	}
	return found
}

func TestPluginOnARealAPIServer(t *testing.T) {
	c := start(t)
	k := c.federation.Client("Site_2", "hospital_b")
	dir := k.WriteDir(t)

	t.Run("a server dry run writes nothing", func(t *testing.T) {
		if got := actions(c.must("launch", dir, image, "--dry-run=server"))["deployment.apps"]; got != "created (server dry run)" {
			t.Errorf("got %q", got)
		}
		list, err := c.typed.CoreV1().Secrets(namespace).List(t.Context(), metav1.ListOptions{})
		if err != nil || len(list.Items) != 0 {
			t.Errorf("%v, %d Secrets", err, len(list.Items))
		}
	})
	t.Run("launch, and launch again", func(t *testing.T) {
		for _, want := range []string{"created", "unchanged"} {
			for kind, got := range actions(c.must("launch", dir, image, unwaited)) {
				if got != want {
					t.Errorf("%s %s, want %s", kind, got, want)
				}
			}
		}
	})
	t.Run("the key is in the Secret's data alone", func(t *testing.T) { c.keyOnlyInData(t, k) })
	t.Run("a dry run tells what would change", func(t *testing.T) {
		got := actions(c.must("launch", dir, "--image=other:1", "--dry-run=server"))
		if got["deployment.apps"] != "configured (server dry run)" || got["secret"] != "unchanged (server dry run)" {
			t.Errorf("got %v", got)
		}
	})
	t.Run("somebody else's change is not lost", func(t *testing.T) { c.conflict(t, dir) })
	t.Run("status", func(t *testing.T) {
		if fields := strings.Fields(c.must("status", "--no-headers")); len(fields) != 7 || fields[0] != "Site_2" || fields[5] != "359" {
			t.Errorf("got %q", fields)
		}
	})
	t.Run("delete, twice", func(t *testing.T) { c.deleteTwice(t) })
}

func (c *cluster) keyOnlyInData(t *testing.T, k *kittest.Kit) {
	t.Helper()
	secret, err := c.typed.CoreV1().Secrets(namespace).Get(t.Context(), kit.SecretName(k.Read()), metav1.GetOptions{})
	if err != nil {
		t.Fatal(err)
	}
	if string(secret.Data["client.key"]) != string(k.File("startup/client.key")) || secret.Immutable == nil || !*secret.Immutable {
		t.Error("the Secret does not hold the kit, immutable")
	}
	for key, value := range secret.Annotations {
		if strings.Contains(value, "PRIVATE KEY") || strings.Contains(key, "last-applied") {
			t.Errorf("annotation %s", key)
		}
	}
}

func (c *cluster) conflict(t *testing.T, dir string) {
	t.Helper()
	name := kit.ObjectName("Site_2")
	patch := []byte(`{"spec":{"template":{"spec":{"containers":[{"name":"nvflare","image":"mine:1"}]}}}}`)
	_, err := c.typed.AppsV1().Deployments(namespace).Patch(t.Context(), name, types.StrategicMergePatchType, patch, metav1.PatchOptions{FieldManager: "kubectl-edit"})
	if err != nil {
		t.Fatal(err)
	}
	_, _, err = c.run("launch", dir, image, unwaited)
	if err == nil || !strings.Contains(err.Error(), `conflict with "kubectl-edit"`) {
		t.Errorf("got %v", err)
	}
	if got := actions(c.must("launch", dir, image, unwaited, "--force-conflicts"))["deployment.apps"]; got != "configured" {
		t.Errorf("forced: %q", got)
	}
}

func (c *cluster) deleteTwice(t *testing.T) {
	t.Helper()
	out := c.must("delete", "Site_2")
	if !strings.Contains(out, "persistentvolumeclaim/site-2-809cb9ad-workspace kept") {
		t.Errorf("got:\n%s", out)
	}
	c.must("delete", "Site_2", "--delete-data")
	deadline := time.Now().Add(10 * time.Second)
	for {
		list, err := c.typed.CoreV1().Secrets(namespace).List(t.Context(), metav1.ListOptions{})
		if err == nil && len(list.Items) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("%v, %d Secrets left", err, len(list.Items))
		}
		time.Sleep(100 * time.Millisecond)
	}
}
