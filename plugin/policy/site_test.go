package policy_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/resource"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	testingclock "k8s.io/utils/clock/testing"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/policy"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/builtin"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/nvflare"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

const image = "registry.example.org/nvflare"

// site is a hospital with its kit, its policy and what launch writes.
type site struct {
	kitDir, policyFile, manifests string
	kit                           *kit.Kit
}

func newSite(t *testing.T) site {
	t.Helper()
	fed := kittest.NewFederation(t, "cancer", kittest.WithAddress("server1.example.org", 8002))
	made := fed.Client("site-1", "hospital_a").Seal(t, fed.Sealer("lead"))
	s := site{kitDir: made.WriteDir(t), kit: made.Read()}
	s.policyFile = write(t, "policy.yaml", policyText(fed))
	s.manifests = write(t, "launch.yaml", launched(t, s.kit))
	return s
}

func policyText(fed *kittest.Federation) string {
	return `apiVersion: kubectl-flare.dev/v1alpha1
kind: SitePolicy
metadata: {name: hospital-a}
spec:
  participants: [site-1]
  kits:
    trustRoots: [{name: cancer, sha256: ` + pki.Fingerprint(fed.Root) + `}]
  images:
    allowed: [{repository: ` + image + `, tag: "2.9.0", digest: "sha256:` + strings.Repeat("0a", 32) + `"}]
  data: [{claimName: ct-scans, volumeName: pv-17, mountPath: /data/ct, roles: [client]}]
  launchers: [{participant: site-1, serviceAccountName: site-1}]
  podSecurity: {runAsUser: 65532, fsGroup: 65532}
`
}

// launched is what `kubectl flare launch --dry-run=client -o yaml --show-secrets`
// prints.
func launched(t *testing.T, k *kit.Kit) string {
	t.Helper()
	set, err := nvflare.Workloads{}.Objects(workloads.Participant{
		Namespace: "fl-site-1", Settings: workloads.Settings{Image: image + ":2.9.0", Storage: workloads.Storage{Size: resource.MustParse("1Gi")}},
	}, workloadstest.Accept(t, k))
	if err != nil {
		t.Fatal(err)
	}
	var out bytes.Buffer
	for _, obj := range set.Objects() {
		data, err := yaml.Marshal(obj)
		if err != nil {
			t.Fatal(err)
		}
		out.WriteString("---\n")
		out.Write(data)
	}
	return out.String()
}

func write(t *testing.T, name, text string) string {
	t.Helper()
	file := filepath.Join(t.TempDir(), name)
	if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// known are the frameworks of this version.
func known(t *testing.T) policy.Known {
	t.Helper()
	catalog, err := policies.DefaultCatalog()
	if err != nil {
		t.Fatal(err)
	}
	return policy.Known{Frameworks: frameworks.Default(), Catalog: catalog, Workloads: builtin.Default()}
}

func run(t *testing.T, stdin string, args ...string) (string, error) {
	t.Helper()
	streams, in, out, _ := genericiooptions.NewTestIOStreams()
	in.WriteString(stdin)
	flags := genericclioptions.NewConfigFlags(false)
	flags.KubeConfig = new("/dev/null")
	root := &cobra.Command{Use: "kubectl-flare", SilenceErrors: true}
	flags.AddFlags(root.PersistentFlags())
	root.AddCommand(policy.NewCommand(clients.NewFactory(flags, "test").Current(), known(t), streams, testingclock.NewFakeClock(time.Now())))
	root.SetArgs(append([]string{"policy"}, args...))
	err := root.ExecuteContext(t.Context())
	return out.String(), err
}
