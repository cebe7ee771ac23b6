package up_test

import (
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/tools/clientcmd"
	clientcmdapi "k8s.io/client-go/tools/clientcmd/api"

	"github.com/kubectl-flare/kubectl-flare/plugin"
	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// clusters are two clusters, east and west, whose pods start and join at once, and a folder
// with kits.
type clusters struct {
	t          *testing.T
	dir        string
	kubeconfig string
	east, west *clientstest.Server
	// serverLog is what the server logs.
	serverLog string
}

const host = "server1.fl-server.svc.cluster.local"

// newClusters makes them. dialed, if given, is the name that the kits dial instead of host.
func newClusters(t *testing.T, dialed ...string) *clusters {
	t.Helper()
	address := append(dialed, host)[0]
	c := &clusters{t: t, dir: t.TempDir()}
	config := clientcmdapi.NewConfig()
	for name, server := range map[string]**clientstest.Server{"east": &c.east, "west": &c.west} {
		*server = clientstest.Start(t, namespace("fl-server"), namespace("fl-sites"))
		(*server).OnWrite = c.starts(*server)
		config.Clusters[name] = &clientcmdapi.Cluster{Server: (*server).URL}
		config.Contexts[name] = &clientcmdapi.Context{Cluster: name}
	}
	config.CurrentContext = "east"
	c.kubeconfig = filepath.Join(c.dir, "kubeconfig")
	require.NoError(t, clientcmd.WriteToFile(*config, c.kubeconfig))
	f := kittest.NewFederation(t, "demo", kittest.WithAddress(address, 8002))
	for name, k := range map[string]*kittest.Kit{
		"server1": f.Server("server1", "lab", address), "site-1": f.Client("site-1", "hospital_a"), "site-2": f.Client("site-2", "hospital_b"),
		"lead@lab.org": f.Admin("lead@lab.org", "lab", "lead"),
	} {
		require.NoError(t, os.CopyFS(filepath.Join(c.dir, "ws/demo/prod_00", name), os.DirFS(k.WriteDir(t))))
	}
	return c
}

func namespace(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
}

// starts plays the controllers.
func (c *clusters) starts(s *clientstest.Server) func(*unstructured.Unstructured) {
	return func(obj *unstructured.Unstructured) {
		d := &appsv1.Deployment{}
		if obj.GetKind() != "Deployment" || runtime.DefaultUnstructuredConverter.FromUnstructured(obj.Object, d) != nil {
			return
		}
		owner := func(kind, name string) []metav1.OwnerReference {
			return []metav1.OwnerReference{{APIVersion: "apps/v1", Kind: kind, Name: name, UID: d.UID, Controller: new(true)}}
		}
		set := &appsv1.ReplicaSet{
			ObjectMeta: metav1.ObjectMeta{Name: d.Name + "-1", Namespace: d.Namespace, UID: d.UID, Labels: d.Spec.Template.Labels, OwnerReferences: owner("Deployment", d.Name)},
			Spec:       appsv1.ReplicaSetSpec{Template: d.Spec.Template},
		}
		pod := clientstest.RunningPod(d, time.Now())
		pod.OwnerReferences = owner("ReplicaSet", set.Name)
		if d.Name == "server1" {
			s.SetLog(pod.Name, c.serverLog)
			s.Put(set)
			s.Put(pod)
			return
		}
		s.SetLog(pod.Name, fmt.Sprintf("Successfully registered client:%s for project demo.\n", d.Name))
		s.Put(set)
		s.Put(pod)
	}
}

// file is a Federation with the server in east and the sites in west.
const file = `apiVersion: kubectl-flare.dev/v1alpha1
kind: Federation
metadata: {name: demo}
spec:
  framework: {name: nvflare}
  kits: ws/demo/prod_*
  defaults: {image: "registry.example.org/nvflare:2.9.0", context: west, namespace: fl-sites}
  participants:
  - {name: server1, context: east, namespace: fl-server}
  - {name: lead@lab.org, context: east, namespace: fl-server}
  - {name: site-1}
  - {name: site-2}
`

func (c *clusters) write(text string) string {
	c.t.Helper()
	path := filepath.Join(c.dir, "federation.yaml")
	require.NoError(c.t, os.WriteFile(path, []byte(text), 0o600))
	return path
}

func (c *clusters) run(args ...string) (string, error) {
	c.t.Helper()
	out, errOut, err := clientstest.Run(c.t, func(streams genericiooptions.IOStreams) *cobra.Command {
		o := plugin.DefaultOptions(streams)
		o.ConfigFlags = genericclioptions.NewConfigFlags(false)
		o.ConfigFlags.KubeConfig, o.ConfigFlags.CacheDir = &c.kubeconfig, new(c.t.TempDir())
		o.Clock = clientstest.FastClock(c.t, time.Now())
		return plugin.NewCommand(o)
	}, args...)
	return out + errOut, err
}

func (c *clusters) unchanged() {
	c.t.Helper()
	require.Empty(c.t, append(c.east.Writes(), c.west.Writes()...))
}

// A file brings participants up in all of their clusters, and takes them away again.
func TestUpFromAFile(t *testing.T) {
	c := newClusters(t)
	path := c.write(file)
	out, err := c.run("up", "-f", path, "--plan")
	require.NoError(t, err, out)
	require.Regexp(t, `(?m)^server1 +server +lab +east +fl-server .* verify → inject → launch → wait$`, out)
	require.Regexp(t, `(?m)^site-2 +client +hospital_b +west +fl-sites `, out)
	out, err = c.run("up", "-f", path, "--plan", "-o", "json")
	require.NoError(t, err, out)
	require.Contains(t, out, `"kind": "FederationPlan"`)
	out, err = c.run("up", "-f", path, "--dry-run=client")
	require.NoError(t, err, out)
	c.unchanged()

	out, err = c.run("up", "-f", path)
	require.NoError(t, err, out)
	require.Contains(t, out, "site-1: deployment.apps/site-1 created")
	_, ok := c.east.Get("deployments", "fl-server", "server1")
	require.True(t, ok)
	_, ok = c.west.Get("deployments", "fl-sites", "site-2")
	require.True(t, ok)

	out, err = c.run("down", "-f", path)
	require.NoError(t, err, out)
	for _, s := range []*clientstest.Server{c.east, c.west} {
		for _, at := range []string{"fl-server/server1", "fl-sites/site-1", "fl-sites/site-2"} {
			ns, name, _ := strings.Cut(at, "/")
			_, ok := s.Get("deployments", ns, name)
			require.False(t, ok, at)
		}
	}
	_, ok = c.west.Get("persistentvolumeclaims", "fl-sites", "site-1-workspace")
	require.True(t, ok, "data is kept")
}

// The project.yml of NVFLARE's own provisioning is enough: the kits are beside it, and their
// address says in which namespace they run.
func TestUpFromAProject(t *testing.T) {
	c := newClusters(t)
	path := filepath.Join(c.dir, "project.yml")
	require.NoError(t, os.WriteFile(path, []byte(`api_version: 3
name: demo
participants:
- {name: server1, type: server, org: lab, fed_learn_port: 8002}
- {name: site-1, type: client, org: hospital_a}
- {name: lead@lab.org, type: admin, org: lab, role: lead}
builders:
- path: nvflare.lighter.impl.static_file.StaticFileBuilder
  args: {docker_image: "registry.example.org/nvflare:2.9.0"}
`), 0o600))
	out, err := c.run("up", "--project", path)
	require.NoError(t, err, out)
	for _, name := range []string{"server1", "site-1"} {
		_, ok := c.east.Get("deployments", "fl-server", name)
		require.True(t, ok, name)
	}
	out, err = c.run("down", "--project", path)
	require.NoError(t, err, out)
	_, ok := c.east.Get("deployments", "fl-server", "server1")
	require.False(t, ok)
}

// A cluster that is away fails its own participants; the second run completes.
func TestUpGoesOn(t *testing.T) {
	c := newClusters(t)
	path := c.write(strings.Replace(file, "- {name: site-2}", "- {name: site-2, context: gone}", 1))
	config, err := clientcmd.LoadFromFile(c.kubeconfig)
	require.NoError(t, err)
	config.Clusters["gone"] = &clientcmdapi.Cluster{Server: "http://127.0.0.1:1"}
	config.Contexts["gone"] = &clientcmdapi.Context{Cluster: "gone"}
	require.NoError(t, clientcmd.WriteToFile(*config, c.kubeconfig))

	out, err := c.run("up", "-f", path)
	require.ErrorContains(t, err, "site-2 (gone/fl-sites): cannot reach the cluster at http://127.0.0.1:1", out)
	_, ok := c.west.Get("deployments", "fl-sites", "site-1")
	require.True(t, ok, "the others are launched")

	config.Clusters["gone"].Server = c.west.URL
	require.NoError(t, clientcmd.WriteToFile(*config, c.kubeconfig))
	out, err = c.run("up", "-f", path)
	require.NoError(t, err, out)
	_, ok = c.west.Get("deployments", "fl-sites", "site-2")
	require.True(t, ok)
}

// One organization launches its own participants, and looks at no cluster of the others.
func TestUpOnlyOrg(t *testing.T) {
	c := newClusters(t)
	path := c.write(file)
	out, err := c.run("up", "-f", path, "--only-org=hospital_b")
	require.NoError(t, err, out)
	require.Empty(t, c.east.Writes())
	_, ok := c.west.Get("deployments", "fl-sites", "site-1")
	require.False(t, ok)
	_, ok = c.west.Get("deployments", "fl-sites", "site-2")
	require.True(t, ok)
	_, err = c.run("up", "-f", path, "--only-org=hospital_c")
	require.ErrorContains(t, err, `"hospital_c"`)
}

// All mistakes come at once, each with its line, before the first change.
func TestUpFromAFileRejects(t *testing.T) {
	c := newClusters(t)
	path := c.write(file + `  - {name: site-3, kit: ws/demo/prod_00/site-1, image: "registry.example.org/nvflare:2.6.2"}
  - {name: site-4, context: north, kit: nowhere}
`)
	text, err := os.ReadFile(path)
	require.NoError(t, err)
	path = c.write(strings.Replace(string(text), "namespace: fl-server}", `namespace: fl-server, address: "other.example.org:8002"}`, 1))
	_, err = c.run("up", "-f", path)
	for _, want := range []string{
		`federation.yaml:9: spec.participants[0].address (server1) is other.example.org:8002, which no client's kit dials`,
		`federation.yaml:13: spec.participants[4].image (site-3) is registry.example.org/nvflare:2.6.2, but the kit is of version 2.8+`,
		`federation.yaml:13: spec.participants[4].kit (site-3) is the kit of site-1 too`,
		`federation.yaml:14: spec.participants[5].context (site-4) is "north", which the kubeconfig does not have`,
		`federation.yaml:14: spec.participants[5].kit (site-4): the kit ` + filepath.Join(c.dir, "nowhere") + ` is not there`,
	} {
		require.ErrorContains(t, err, want)
	}
	c.unchanged()
}

// Of an image by its digest, the file says the version.
func TestUpFromAFileWithDigests(t *testing.T) {
	c := newClusters(t)
	by := strings.Replace(file, "registry.example.org/nvflare:2.9.0", "registry.example.org/nvflare@sha256:"+strings.Repeat("ab", 32), 1)
	require.NotEqual(t, file, by)
	_, err := c.run("up", "-f", c.write(strings.Replace(by, "framework: {name: nvflare}", "framework: {name: nvflare, version: 2.6.2}", 1)))
	require.ErrorContains(t, err, "of spec.framework.version 2.6.2, but the kit is of version 2.8+")
	c.unchanged()
	out, err := c.run("up", "-f", c.write(by), "--plan")
	require.NoError(t, err, out)
}

// A default of where jobs run is for those that run jobs; what cannot be launched is found before
// the first change.
func TestUpJobRuntime(t *testing.T) {
	c := newClusters(t)
	path := c.write(strings.Replace(file, "defaults: {", "defaults: {jobRuntime: pod, ", 1))
	out, err := c.run("up", "-f", path)
	require.NoError(t, err, out)
	_, ok := c.east.Get("cronjobs", "fl-server", kit.ObjectName("lead@lab.org"))
	require.True(t, ok, out)

	c = newClusters(t)
	path = c.write(strings.Replace(file, "- {name: lead@lab.org,", "- {name: lead@lab.org, jobRuntime: pod,", 1))
	_, err = c.run("up", "-f", path)
	require.ErrorContains(t, err, `federation.yaml:10: spec.participants[1] (lead@lab.org): participant "lead@lab.org" has role "admin", which runs no jobs`)
	c.unchanged()
}

// Kits of another root are not used.
func TestUpFromAFileVerifiesTheRoot(t *testing.T) {
	c := newClusters(t)
	_, err := c.run("up", "-f", c.write(strings.Replace(file, "spec:", "spec:\n  rootFingerprint: "+strings.Repeat("ab", 32), 1)))
	require.ErrorContains(t, err, "federation.yaml:10: spec.participants[0].kit (server1): the kit of \"server1\"")
	c.unchanged()
}

// What only clusters know comes at once too.
func TestUpRejectsNamespaces(t *testing.T) {
	c := newClusters(t)
	c.west.Put(&corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{
		Namespace: "fl-sites", Name: names.PrefixInventory + "site-1",
		Labels: map[string]string{names.LabelManagedBy: names.ManagedBy}, Annotations: map[string]string{names.AnnotationFederation: "another"},
	}})
	_, err := c.run("up", "-f", c.write(strings.Replace(file, "- {name: site-2}", "- {name: site-2, namespace: nowhere}", 1)))
	require.ErrorContains(t, err, `federation.yaml:11: spec.participants[2].namespace (site-1) is west/fl-sites, where the inventory of site-1 belongs to the federation "another"`)
	require.ErrorContains(t, err, `federation.yaml:12: spec.participants[3].namespace (site-2): namespace "nowhere" does not exist`)
	c.unchanged()
}

// down deletes what an inventory lists, also of a participant that never came to run.
func TestDownDeletesWhatIsLeft(t *testing.T) {
	c := newClusters(t)
	path := c.write(file)
	_, err := c.run("kit", "inject", filepath.Join(c.dir, "ws/demo/prod_00/site-1"), "--context=west", "-n=fl-sites")
	require.NoError(t, err)
	require.Contains(t, strings.Join(c.west.Writes(), "\n"), "create secrets/flare-kit-site-1-")
	out, err := c.run("down", "-f", path)
	require.NoError(t, err, out)
	require.Regexp(t, `secret/flare-kit-site-1-[0-9a-f]+ deleted`, out)
}

// A claim and a Service of the site's own are used; that they are missing is said at once.
func TestUpWithWhatTheSiteHas(t *testing.T) {
	c := newClusters(t)
	path := c.write(strings.NewReplacer("{name: site-1}", "{name: site-1, storage: {claim: nas, subPath: demo}}", "namespace: fl-server}\n  - {name: lead", "namespace: fl-server, existingServices: [server1]}\n  - {name: lead").Replace(file))
	_, err := c.run("up", "-f", path)
	require.ErrorContains(t, err, `namespace "fl-server" has no Service "server1" for "server1": create it`)
	c.east.Put(&corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: "fl-server", Name: "server1"}})
	_, err = c.run("up", "-f", path)
	require.ErrorContains(t, err, `namespace "fl-sites" has no PersistentVolumeClaim "nas" for the workspace of "site-1": create it`)
	c.west.Put(&corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Namespace: "fl-sites", Name: "nas"}})
	out, err := c.run("up", "-f", path)
	require.NoError(t, err, out)
	_, ok := c.west.Get("persistentvolumeclaims", "fl-sites", "site-1-workspace")
	require.False(t, ok)
	out, err = c.run("down", "-f", path, "--delete-data")
	require.NoError(t, err, out)
	_, ok = c.west.Get("persistentvolumeclaims", "fl-sites", "nas")
	require.True(t, ok, "it is the site's")
}
