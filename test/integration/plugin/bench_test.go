//go:build integration

package plugin

import (
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"runtime/metrics"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"golang.org/x/sync/errgroup"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/kubectl-flare/kubectl-flare/plugin"
)

// BenchmarkUp brings federations of 100 and of 1,000 participants up. They are not waited for:
// that is up to nodes, which are not here. The reference creates the same objects, as many at a
// time as up does, and asks the API server nothing else.
func BenchmarkUp(b *testing.B) {
	dirs := map[int]string{100: provisioned(b, 100), 1000: provisioned(b, 1000)}
	b.Run("dry-run", func(b *testing.B) {
		for b.Loop() {
			bring(b, dirs[1000], "bench", "--dry-run=client")
		}
		b.ReportMetric(float64(5*time.Second), "limit-ns")
	})
	n := 0
	for _, size := range []int{100, 1000} {
		dir := dirs[size]
		b.Run(fmt.Sprintf("flare/%d", size), func(b *testing.B) {
			peak := 0.0
			for b.Loop() {
				b.StopTimer()
				n++
				ns := emptyNamespace(b, fmt.Sprintf("up-%d", n))
				b.StartTimer()
				peak = max(peak, peakOf(func() { bring(b, dir, ns, "--wait=false") }))
			}
			b.ReportMetric(peak, "peak-bytes")
		})
	}
	b.Run("reference/1000", func(b *testing.B) {
		objects := made(b, dirs[1000])
		for b.Loop() {
			b.StopTimer()
			n++
			ns := emptyNamespace(b, fmt.Sprintf("up-%d", n))
			b.StartTimer()
			create(b, ns, objects)
		}
	})
}

// provisioned is a folder with the kits of a server and so many clients.
func provisioned(b *testing.B, clients int) string {
	b.Helper()
	dir := b.TempDir()
	run(b, "provision", "-f", federationFile(b, dir, "bench", clients), "--out="+filepath.Join(dir, "made"))
	return dir
}

// federationFile is a file for the kits in the folder, which run in the namespace.
func federationFile(b *testing.B, dir, ns string, clients int) string {
	b.Helper()
	var text strings.Builder
	text.WriteString("apiVersion: kubectl-flare.dev/v1alpha1\nkind: Federation\nmetadata: {name: bench}\nspec:\n  framework: {name: flower, version: 1.42.0}\n")
	if exists(filepath.Join(dir, "made")) {
		text.WriteString("  kits: made/kits\n")
	}
	text.WriteString("  defaults: {image: 'registry.example.org/flower:1.42.0', namespace: " + ns + "}\n  participants:\n")
	text.WriteString("  - {name: hub, role: server, org: lab, address: 'hub.bench.svc:9092', adminAddress: 'hub.bench.svc:9093'}\n")
	for i := range clients {
		fmt.Fprintf(&text, "  - {name: site-%d, role: client, org: lab}\n", i)
	}
	path := filepath.Join(dir, ns+".yaml")
	require.NoError(b, os.WriteFile(path, []byte(text.String()), 0o600))
	return path
}

func exists(path string) bool {
	_, err := os.Stat(path)
	return err == nil
}

// clientsIn is how many kits of clients a folder has.
func clientsIn(b *testing.B, dir string) int {
	b.Helper()
	entries, err := os.ReadDir(filepath.Join(dir, "made", "kits"))
	require.NoError(b, err)
	return len(entries) - 1
}

func bring(b *testing.B, dir, ns string, args ...string) {
	b.Helper()
	run(b, append([]string{"up", "-f", federationFile(b, dir, ns, clientsIn(b, dir))}, args...)...)
}

// run runs the plugin, without keeping what it prints.
func run(b *testing.B, args ...string) {
	b.Helper()
	streams := genericiooptions.NewTestIOStreamsDiscard()
	flags := genericclioptions.NewConfigFlags(false)
	flags.WrapConfigFn = func(*rest.Config) *rest.Config { return rest.CopyConfig(config) }
	options := plugin.DefaultOptions(streams)
	options.ConfigFlags = flags
	cmd := plugin.NewCommand(options)
	cmd.SetArgs(args)
	require.NoError(b, cmd.ExecuteContext(b.Context()))
}

func emptyNamespace(b *testing.B, name string) string {
	b.Helper()
	typed, err := kubernetes.NewForConfig(config)
	require.NoError(b, err)
	_, err = typed.CoreV1().Namespaces().Create(b.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	require.NoError(b, err)
	return name
}

// peakOf is the most memory in objects while do runs.
func peakOf(do func()) float64 {
	runtime.GC()
	done, peak := make(chan struct{}), make(chan float64)
	go func() {
		sample := []metrics.Sample{{Name: "/memory/classes/heap/objects:bytes"}}
		most := uint64(0)
		ticker := time.NewTicker(2 * time.Millisecond)
		defer ticker.Stop()
		for {
			metrics.Read(sample)
			most = max(most, sample[0].Value.Uint64())
			select {
			case <-ticker.C:
			case <-done:
				peak <- float64(most)
				return
			}
		}
	}()
	do()
	close(done)
	return <-peak
}

// kinds are those of the objects of participants.
func kinds() []schema.GroupVersionResource {
	var all []schema.GroupVersionResource
	for _, one := range [][2]string{
		{"", "serviceaccounts"}, {"", "configmaps"}, {"", "secrets"}, {"", "services"}, {"", "persistentvolumeclaims"}, {"apps", "deployments"}, {"batch", "cronjobs"},
	} {
		all = append(all, schema.GroupVersionResource{Group: one[0], Version: "v1", Resource: one[1]})
	}
	return all
}

type object struct {
	schema.GroupVersionResource

	content *unstructured.Unstructured
}

// made are the objects that up makes.
func made(b *testing.B, dir string) []object {
	b.Helper()
	ns := emptyNamespace(b, "made")
	bring(b, dir, ns, "--wait=false")
	client, err := dynamic.NewForConfig(config)
	require.NoError(b, err)
	var all []object
	for _, kind := range kinds() {
		list, err := client.Resource(kind).Namespace(ns).List(b.Context(), metav1.ListOptions{LabelSelector: "app.kubernetes.io/managed-by=kubectl-flare"})
		require.NoError(b, err)
		for i := range list.Items {
			u := &list.Items[i]
			for _, field := range []string{"managedFields", "resourceVersion", "uid", "creationTimestamp", "generation"} {
				unstructured.RemoveNestedField(u.Object, "metadata", field)
			}
			unstructured.RemoveNestedField(u.Object, "spec", "clusterIP")
			unstructured.RemoveNestedField(u.Object, "spec", "clusterIPs")
			all = append(all, object{kind, u})
		}
	}
	require.Greater(b, len(all), 5*clientsIn(b, dir))
	return all
}

func create(b *testing.B, ns string, objects []object) {
	b.Helper()
	unlimited := rest.CopyConfig(config)
	unlimited.QPS = -1
	client, err := dynamic.NewForConfig(unlimited)
	require.NoError(b, err)
	var group errgroup.Group
	group.SetLimit(64)
	for _, o := range objects {
		group.Go(func() error {
			u := o.content.DeepCopy()
			u.SetNamespace(ns)
			_, err := client.Resource(o.GroupVersionResource).Namespace(ns).Create(b.Context(), u, metav1.CreateOptions{})
			return err
		})
	}
	require.NoError(b, group.Wait())
}
