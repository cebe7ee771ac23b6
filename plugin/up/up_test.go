package up_test

import (
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
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin"
	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
)

const image = "--image=registry.example.org/flower:1.42.0"

// bench is a cluster whose pods start and join at once, and a folder for kits.
type bench struct {
	*clientstest.Server
	t   *testing.T
	dir string
}

func newBench(t *testing.T, objects ...runtime.Object) *bench {
	t.Helper()
	b := &bench{Server: clientstest.Start(t, append(objects, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "demo"}})...), t: t, dir: filepath.Join(t.TempDir(), "kits")}
	b.RunDeployments(func(_ *appsv1.ReplicaSet, pod *corev1.Pod) {
		b.SetLog(pod.Name+"/supernode", flower.ActivatedText+" 1\n")
	})
	return b
}

func (b *bench) try(args ...string) (string, error) {
	b.t.Helper()
	out, errOut, err := clientstest.Run(b.t, func(streams genericiooptions.IOStreams) *cobra.Command {
		o := plugin.DefaultOptions(streams)
		o.ConfigFlags, o.Clock = b.Flags("demo"), clientstest.FastClock(b.t, time.Now())
		return plugin.NewCommand(o)
	}, args...)
	return out + errOut, err
}

func (b *bench) up(args ...string) string {
	b.t.Helper()
	out, err := b.try(append([]string{"up", "--framework=flower", image, "--out=" + b.dir}, args...)...)
	require.NoError(b.t, err, out)
	return out
}

// config is the node configuration that a client's Deployment mounts.
func (b *bench) config(client string) string {
	b.t.Helper()
	d, ok := b.Get("deployments", "demo", client)
	require.True(b.t, ok, client)
	volumes, _, err := unstructured.NestedSlice(d.Object, "spec", "template", "spec", "volumes")
	require.NoError(b.t, err)
	for _, v := range volumes {
		if name, ok, _ := unstructured.NestedString(v.(map[string]any), "configMap", "name"); ok {
			m, found := b.Get("configmaps", "demo", name)
			require.True(b.t, found, name)
			data, _, err := unstructured.NestedStringMap(m.Object, "data")
			require.NoError(b.t, err)
			return data[flower.NodeConfigFile]
		}
	}
	b.t.Fatal("no local/ in " + client)
	return ""
}

func (b *bench) exists(resource, name string) bool {
	_, ok := b.Get(resource, "demo", name)
	return ok
}

// Each client has its own partition and the values for all. Another number of clients changes
// the federation, and leaves no client behind.
func TestUp(t *testing.T) {
	b := newBench(t)
	out := b.up("--clients=2", "--client-config=privacy-budget=0.5", "--data=ct-scans:/data")
	require.Contains(t, out, "deployment.apps/demo-server created")
	require.Contains(t, out, "deployment.apps/demo-client-2 created")
	require.Contains(t, out, "cronjob.batch/demo-admin created")
	require.Equal(t, "num-partitions = 2\npartition-id = 1\nprivacy-budget = 0.5\n", b.config("demo-client-2"))
	server, _ := b.Get("deployments", "demo", "demo-server")
	require.NotContains(t, toText(t, server), "ct-scans")
	client, _ := b.Get("deployments", "demo", "demo-client-1")
	require.Contains(t, toText(t, client), "ct-scans")

	key, err := os.ReadFile(filepath.Join(b.dir, "kits", "demo-client-1", "startup", flower.NodeKeyFile))
	require.NoError(t, err)
	b.up("--clients=3")
	require.Equal(t, "num-partitions = 3\npartition-id = 0\n", b.config("demo-client-1"))
	require.Equal(t, "num-partitions = 3\npartition-id = 2\n", b.config("demo-client-3"))
	again, err := os.ReadFile(filepath.Join(b.dir, "kits", "demo-client-1", "startup", flower.NodeKeyFile))
	require.NoError(t, err)
	require.Equal(t, key, again, "a client that stays keeps its key")

	out = b.up("--clients=1")
	require.Contains(t, out, "deployment.apps/demo-client-3 deleted")
	require.True(t, b.exists("deployments", "demo-client-1"))
	require.False(t, b.exists("deployments", "demo-client-2"))
	require.True(t, b.exists("persistentvolumeclaims", "demo-client-2-workspace"), "data is kept")

	before := len(b.Writes())
	require.NotContains(t, b.up("--clients=1"), "configured")
	for _, write := range b.Writes()[before:] {
		require.NotContains(t, write, "delete")
	}
}

// down deletes what belongs to the federation alone.
func TestDown(t *testing.T) {
	b := newBench(t, &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "theirs", Namespace: "demo"}})
	b.up("--clients=2")
	b.up("--clients=1")
	_, err := b.try("up", "--framework=flower", image, "--out="+b.dir+"-other", "--name=other", "--clients=1")
	require.NoError(t, err)
	out, err := b.try("down", "--delete-data")
	require.NoError(t, err, out)
	for _, name := range []string{"demo-server", "demo-client-1"} {
		require.False(t, b.exists("deployments", name), name)
		require.False(t, b.exists("persistentvolumeclaims", name+"-workspace"), name)
		require.True(t, b.exists("deployments", strings.Replace(name, "demo", "other", 1)), name)
	}
	require.False(t, b.exists("cronjobs", "demo-admin"))
	require.False(t, b.exists("persistentvolumeclaims", "demo-client-2-workspace"), "of a client that was deleted before")
	require.True(t, b.exists("persistentvolumeclaims", "theirs"))
	out, err = b.try("down")
	require.NoError(t, err)
	require.Contains(t, out, `has no participants of a federation "demo"`)
}

// The job's folder is sent to the server: no private key may be in it.
func TestUpKeepsKeysOutOfTheJob(t *testing.T) {
	app := filepath.Join(t.TempDir(), "app")
	require.NoError(t, os.CopyFS(app, os.DirFS("testdata/app")))
	link := filepath.Join(t.TempDir(), "link")
	require.NoError(t, os.Symlink(app, link))
	for name, tc := range map[string]struct {
		app, out string
		rejected bool
	}{
		"the folder itself":   {app, app, true},
		"below it":            {app, filepath.Join(app, "kits", "demo"), true},
		"by a link":           {app, filepath.Join(link, "demo"), true},
		"an app by a link":    {link, filepath.Join(app, "demo"), true},
		"beside it":           {app, app + "-kits", false},
		"above it":            {app, filepath.Dir(app), false},
		"beside it with dots": {app, filepath.Join(app, "..", "kits"), false},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			out, err := b.try("up", tc.app, "--framework=flower", image, "--out="+tc.out, "--dry-run=client")
			if !tc.rejected {
				require.NoError(t, err, out)
				return
			}
			require.ErrorContains(t, err, "would be in "+tc.app, out)
		})
	}
}

// Nothing is written before all that can be known is right.
func TestUpRejects(t *testing.T) {
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"no framework":                 {[]string{image}, "--framework is missing"},
		"a framework with own kits":    {[]string{image, "--framework=nvflare"}, "--framework \"nvflare\""},
		"no image":                     {[]string{"--framework=flower"}, "--image is missing"},
		"an image without a version":   {[]string{"--framework=flower", "--image=registry.example.org/flower:latest"}, "--framework-version"},
		"a version between dialects":   {[]string{"--framework=flower", "--image=registry.example.org/flower:1.38.0"}, "1.38.0"},
		"no clients":                   {[]string{"--framework=flower", image, "--clients=0"}, "--clients must be from 1"},
		"an app that is not there":     {[]string{"--framework=flower", image, "nope"}, "nope"},
		"more needed than there are":   {[]string{"--framework=flower", image, "--clients=2", "--min=3", "app"}, "--min must be"},
		"rounds of no job":             {[]string{"--framework=flower", image, "--rounds=3"}, "give its folder"},
		"a value that the app lacks":   {[]string{"--framework=flower", image, "--min=1", "testdata/app"}, "min-available-nodes"},
		"a name that is no label":      {[]string{"--framework=flower", image, "--name=Demo"}, "--name"},
		"a partition of one's own":     {[]string{"--framework=flower", image, "--client-config=partition-id=1"}, "--client-config: the key partition-id"},
		"a path that is not absolute":  {[]string{"--framework=flower", image, "--data=x:y"}, "--data"},
		"a dry run that asks a server": {[]string{"--framework=flower", image, "--dry-run=server"}, "--dry-run=server"},
	} {
		t.Run(name, func(t *testing.T) {
			b := newBench(t)
			out, err := b.try(append([]string{"up", "--out=" + b.dir}, tc.args...)...)
			require.ErrorContains(t, err, tc.want, out)
			require.Empty(t, b.Writes())
		})
	}
}

func TestUpDryRun(t *testing.T) {
	b := newBench(t)
	out := b.up("--clients=1", "--dry-run=client")
	require.Regexp(t, `(?m)^demo-client-1 +client +created`, out)
	require.Empty(t, b.Writes())
	require.NoDirExists(t, b.dir)
}

func toText(t *testing.T, u *unstructured.Unstructured) string {
	t.Helper()
	text, err := u.MarshalJSON()
	require.NoError(t, err)
	return string(text)
}
