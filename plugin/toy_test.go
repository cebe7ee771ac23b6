package plugin_test

import (
	"crypto/ed25519"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin"
	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/nvflare"
	toyworkloads "github.com/kubectl-flare/kubectl-flare/plugin/workloads/toy"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	nvflarekits "github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/toy"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	nvflareprofile "github.com/kubectl-flare/kubectl-flare/policies/profiles/nvflare"
	toyprofile "github.com/kubectl-flare/kubectl-flare/policies/profiles/toy"
)

const toyImage = "--image=registry.example.org/toy:1.0"

// playground is a cluster, a kit of toy, a site that seals and accepts it, and a
// command tree that knows toy and the real frameworks.
type playground struct {
	*clientstest.Server
	t                      *testing.T
	kit, policy, sealerKey string
}

func newPlayground(t *testing.T) *playground {
	t.Helper()
	p := &playground{t: t, Server: clientstest.Start(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "fl"}})}
	content, err := toy.Write(toy.Spec{
		Federation: "play", Participant: "Leaf_1", Org: "nursery", Role: toy.RoleLeaf, Host: "hub.play.svc",
		Key: ed25519.NewKeyFromSeed(make([]byte, ed25519.SeedSize)),
	})
	require.NoError(t, err)
	p.kit = kittest.WriteContent(t, content)
	it := kittest.NewSealer(t, "it-security")
	key, err := pki.EncodeKey(it.Key)
	require.NoError(t, err)
	p.sealerKey, p.policy = p.write("sealer.key", string(key)), p.write("policy.yaml", policyText(it.PublicKey(t)))
	return p
}

func policyText(sealer string) string {
	return `apiVersion: kubectl-flare.dev/v1alpha1
kind: SitePolicy
metadata: {name: nursery}
spec:
  participants: [Leaf_1]
  kits:
    sealers:
    - name: it-security
      publicKey: |
        ` + strings.ReplaceAll(strings.TrimSpace(sealer), "\n", "\n        ") + `
  images:
    allowed: [{repository: registry.example.org/toy, tag: "1.0", digest: "sha256:` + strings.Repeat("0a", 32) + `"}]
`
}

func (p *playground) write(name, text string) string {
	p.t.Helper()
	file := filepath.Join(p.t.TempDir(), name)
	require.NoError(p.t, os.WriteFile(file, []byte(text), 0o600))
	return file
}

// run runs a command of the tree, which must succeed, and gives all that it says.
func (p *playground) run(args ...string) string {
	p.t.Helper()
	out, errOut, err := p.try(args...)
	require.NoError(p.t, err, "%s\n%s%s", strings.Join(args, " "), out, errOut)
	return out + errOut
}

func (p *playground) try(args ...string) (out, errOut string, err error) {
	p.t.Helper()
	kits, err := frameworks.NewRegistry(nvflarekits.Framework{}, toy.Framework{})
	require.NoError(p.t, err)
	pods, err := profiles.NewRegistry(nvflareprofile.Profile{}, toyprofile.Profile{})
	require.NoError(p.t, err)
	objects, err := workloads.NewRegistry(nvflare.Workloads{}, toyworkloads.Workloads{})
	require.NoError(p.t, err)
	catalog, err := policies.CatalogOf(pods, kits)
	require.NoError(p.t, err)
	return clientstest.Run(p.t, func(streams genericiooptions.IOStreams) *cobra.Command {
		o := plugin.DefaultOptions(streams)
		o.ConfigFlags, o.Clock = p.Flags("fl"), clientstest.FastClock(p.t, time.Now())
		o.Frameworks, o.Catalog, o.Workloads = kits, catalog, objects
		return plugin.NewCommand(o)
	}, args...)
}

// A framework with two pods, two containers in each, a key for a certificate and no
// admin goes through the kit commands.
func TestToyKit(t *testing.T) {
	p := newPlayground(t)
	require.Contains(t, p.run("kit", "inspect", p.kit), "Leaf_1")
	_, _, err := p.try("kit", "verify", p.kit, "--policy="+p.policy)
	require.Error(t, err)
	p.run("kit", "seal", p.kit, "--key="+p.sealerKey)
	p.run("kit", "verify", p.kit, "--policy="+p.policy)
	require.Contains(t, p.run("kit", "inject", p.kit), "secret/flare-kit-leaf-1-")
}

func TestToyParticipant(t *testing.T) {
	p := newPlayground(t)
	p.RunDeployments(nil)
	out := p.run("launch", p.kit, toyImage)
	require.Contains(t, out, "deployment.apps/leaf-1-b502100a-worker created")
	require.Contains(t, out, "Leaf_1 (leaf-1-b502100a): registered with federation play")
	require.Contains(t, out, "Leaf_1 (leaf-1-b502100a-worker): ready")

	rows := strings.Fields(p.run("status", "--no-headers"))
	require.Equal(t, []string{"Leaf_1", "leaf", "0/1", "yes"}, rows[:4])
	p.SetLog("leaf-1-b502100a-worker-pod/relay", "relayed\n")
	require.Contains(t, p.run("logs", "Leaf_1", "-c", "relay"), "[pod/leaf-1-b502100a-worker-pod/relay] relayed\n")
	_, _, err := p.try("job", "list")
	require.EqualError(t, err, "toy has no jobs: `kubectl flare job` handles those of nvflare; use the framework's own tools")

	out = p.run("delete", "Leaf_1")
	require.Contains(t, out, "deployment.apps/leaf-1-b502100a-worker deleted")
	require.Contains(t, p.run("status"), "No participants found")
}

func TestToyPolicy(t *testing.T) {
	p := newPlayground(t)
	p.run("kit", "seal", p.kit, "--key="+p.sealerKey)
	objects, _, err := p.try("launch", p.kit, toyImage, "--dry-run=client", "-o", "yaml")
	require.NoError(t, err)
	manifests := p.write("launch.yaml", objects)
	check := []string{"policy", "check", "-f", manifests, "--policy=" + p.policy, "--kit=" + p.kit}
	require.Contains(t, p.run(check...), "0 denied")
	require.Contains(t, p.run("policy", "explain", "-f", manifests, "--policy="+p.policy, "--kit="+p.kit), "Leaf_1")

	check[3] = p.write("dance.yaml", strings.ReplaceAll(objects, "- work\n", "- dance\n"))
	out, _, err := p.try(check...)
	require.Error(t, err)
	require.Contains(t, out, "leaf-1-b502100a-worker")
}
