//go:build e2e && lab

package e2e

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"text/template"
	"time"

	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// twoClusters is a server in one cluster and two sites in another, which dial it at a port of its
// node. Runtime is where jobs run.
var twoClusters = template.Must(template.New("federation.yaml").Parse(`apiVersion: kubectl-flare.dev/v1alpha1
kind: Federation
metadata: {name: {{.Federation.Name}}}
spec:
  framework: {name: nvflare}
  rootFingerprint: {{.Root}}
  kits: {{.Kits}}
  defaults: {image: {{.Image}}, jobRuntime: {{.Runtime}}, serverAddresses: ["{{.Node}}"]}
  participants:
  - name: server1
    context: {{.First}}
    namespace: {{.Federation.ServerNamespace}}
    service: {type: NodePort}
    serverAddresses: []
  - {name: site-1, context: {{.Second}}, namespace: {{.Federation.Site1Namespace}}}
  - {name: Site_2, context: {{.Second}}, namespace: {{.Federation.Site2Namespace}}}
  - {name: lead@hospital-a.org, context: {{.First}}, namespace: {{.Federation.ServerNamespace}}}
`))

// two is the test's federation.
type two struct {
	scenario.Federation
	Root, Kits, Image, Runtime, Node, First, Second string
	first, second                                   scenario.Env
	file, kubeconfig                                string
	relay                                           *scenario.Relay
}

// TestTwoClusters brings a federation up whose server and sites are in different clusters, one of
// which cannot be reached in the middle of it, runs a job in each job runtime, and takes it down.
func TestTwoClusters(t *testing.T) {
	parallel(t, nvflareCPU)
	f := newTwo(t)
	before := f.objects(t)

	t.Run("a cluster that cannot be reached fails its own participants", func(t *testing.T) {
		cut := &scenario.CutAt{Relay: f.relay, Text: "site-1: secret/"}
		r, err := scenario.Run(t.Context(), cut, f.up("process")...)
		require.NoError(t, err)
		require.Equal(t, 1, r.Code, r.Stderr)
		require.Contains(t, r.Stderr, "site-1 (lab-2/"+f.Site1Namespace()+"): ")
		require.Contains(t, r.Stderr, "cannot reach the cluster at https://"+f.relay.Address())
		require.Contains(t, kubectl(t, "get", "deployments", "-n", f.ServerNamespace(), "-o", "name"), "deployment.apps/server1")
	})
	require.NoError(t, f.relay.Restore())
	t.Run("a second run completes it", func(t *testing.T) { f.run(t, "process") })
	t.Run("a third run changes nothing", func(t *testing.T) {
		require.NotRegexp(t, `(?m) (created|configured|deleted)$`, f.must(t, f.up("process")))
	})
	t.Run("jobs in pods of their own", func(t *testing.T) { f.run(t, "pod") })
	t.Run("down leaves both clusters as they were", func(t *testing.T) {
		f.must(t, []string{env.Flare, "down", "-f", f.file, "--kubeconfig", f.kubeconfig, "--delete-data"})
		// Pods end in their grace period.
		require.EventuallyWithT(t, func(c *assert.CollectT) { assert.Equal(c, before, f.objects(t)) }, time.Minute, time.Second)
	})
}

func newTwo(t *testing.T) *two {
	t.Helper()
	f := &two{Federation: scenario.Federation{Name: "e2e_two", Prefix: "e2e-two", Host: "server.two.example.org", Port: 30802}, Image: env.Image, relay: &scenario.Relay{}}
	f.Kits, f.Root = federation(t, f.Federation, env.NVFLARE)
	var err error
	f.First, f.Second, err = env.SecondCluster(t.Context())
	require.NoError(t, err)
	f.first = f.at(t, f.First)
	f.second = f.at(t, f.Second)
	require.NoError(t, f.second.CreateNamespaces(t.Context(), f.Prefix, f.Namespaces()...))
	t.Cleanup(func() { require.NoError(t, f.second.LeaveNamespaces(context.Background(), f.Prefix)) })
	f.Node, err = f.first.NodeAddress(t.Context())
	require.NoError(t, err)
	f.kubeconfig, err = env.ThroughRelay(f.relay, f.Second)
	require.NoError(t, err)
	t.Cleanup(f.relay.Cut)
	f.file = filepath.Join(t.TempDir(), "federation.yaml")
	return f
}

func (f *two) at(t *testing.T, kubeContext string) scenario.Env {
	t.Helper()
	e, err := env.At(kubeContext)
	require.NoError(t, err)
	return e
}

// up writes the file and is the command that brings it up.
func (f *two) up(runtime string) []string {
	f.Runtime = runtime
	var text strings.Builder
	if err := twoClusters.Execute(&text, f); err != nil {
		panic(err)
	}
	if err := os.WriteFile(f.file, []byte(text.String()), 0o600); err != nil {
		panic(err)
	}
	return []string{env.Flare, "up", "-f", f.file, "--kubeconfig", f.kubeconfig}
}

func (f *two) must(t *testing.T, argv []string) string {
	t.Helper()
	out, err := scenario.Must(t.Context(), nil, argv...)
	require.NoError(t, err)
	return out
}

// run brings the federation up with a job runtime and runs a job.
func (f *two) run(t *testing.T, runtime string) {
	t.Helper()
	f.must(t, f.up(runtime))
	id := strings.TrimSpace(f.must(t, []string{f.first.Flare, "job", "submit", job, "--wait", "--timeout=5m", "-o", "name", "-n", f.ServerNamespace()}))
	_, err := f.first.CheckModel(t.Context(), nil, f.ServerNamespace(), id, filepath.Join(t.TempDir(), "result"))
	require.NoError(t, err)
}

// objects are those of the namespaces in both clusters.
func (f *two) objects(t *testing.T) []string {
	t.Helper()
	var all []string
	for _, e := range []scenario.Env{f.first, f.second} {
		for _, namespace := range f.Namespaces() {
			names, err := e.ObjectsOf(t.Context(), namespace)
			require.NoError(t, err)
			all = append(all, names...)
		}
	}
	return all
}
