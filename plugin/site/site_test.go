package site

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/builtin"
	"github.com/kubectl-flare/kubectl-flare/policies"
)

const digest = "@sha256:0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef"

func site(t *testing.T, args ...string) (out, errOut string, err error) {
	t.Helper()
	catalog, err := policies.DefaultCatalog()
	if err != nil {
		t.Fatal(err)
	}
	return clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
		return NewCommand(clientstest.NoCluster(), Known{Catalog: catalog, Workloads: builtin.Default()}, streams)
	}, args...)
}

// golden compares with a file; UPDATE_GOLDEN=1 writes the file.
func golden(t *testing.T, name, got string) {
	t.Helper()
	file := filepath.Join("testdata", name)
	if os.Getenv("UPDATE_GOLDEN") != "" {
		if err := os.WriteFile(file, []byte(got), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	want, err := os.ReadFile(file)
	if err != nil {
		t.Fatal(err)
	}
	if diff := cmp.Diff(string(want), got); diff != "" {
		t.Errorf("-want,+got:\n%s", diff)
	}
}

func TestRequestFormats(t *testing.T) {
	args := []string{"request", "fl-site-1", "--policy-name=hospital-a", "-o"}
	for format, want := range map[string]string{
		"name": "namespace/fl-site-1\nrolebinding.rbac.authorization.k8s.io/flare-webhook\nnetworkpolicy.networking.k8s.io/flare-default-deny\n" +
			"networkpolicy.networking.k8s.io/flare-federation\nnetworkpolicy.networking.k8s.io/flare-participants\n",
		"jsonpath={.kind},": "Namespace,RoleBinding,NetworkPolicy,NetworkPolicy,NetworkPolicy,",
	} {
		out, _, err := site(t, append(args, format)...)
		if err != nil || out != want {
			t.Errorf("%s: %v\n%s", format, err, out)
		}
	}
	if _, _, err := site(t, append(args, "xml")...); err == nil {
		t.Error("an unknown format is no error")
	}
}

func TestRequest(t *testing.T) {
	for name, args := range map[string][]string{
		"from-file.yaml": {
			"--policy=testdata/policy.yaml", "--server-cidr=203.0.113.7/32", "--admin=ann", "--scientist-group=trials",
			"--api-server=192.0.2.1:16443", "--api-server=[2001:db8::1]:16443", "--api-server=10.0.0.1:443", "--dns-cidr=169.254.20.10/32",
		},
		"from-flags.yaml": {
			"--root-fingerprint=SHA256:" + strings.Repeat("5F", 32), "--kit-claim=flare-kits", "--participant=site-1", "--participant=site-2",
			"--image=registry.example.org:5000/nvflare:2.9.0" + digest, "--server-namespace=fl-server",
			"--interactive-role=admin",
		},
		"real-cluster.yaml": {
			"--root-fingerprint=" + strings.Repeat("5f", 32), "--participant=Site_2", "--image=registry.example.org/nvflare" + digest,
			"--server-address=flserver=203.0.113.7", "--image-pull-secret={participant}-dockercfg-*", "--image-pull-secret=regcred", "--allow-env=HTTPS_PROXY", "--allow-env=NO_PROXY", "--allow-ca-bundle=corporate-ca",
		},
		"another-namespace.yaml": {"--policy-name=hospital-a", "--hosts-server", "--server-port=9002"},
		"other-pods.yaml": {
			"--root-fingerprint=" + strings.Repeat("5f", 32), "--participant=Site_2", "--image=registry.example.org/nvflare" + digest, "--server-cidr=203.0.113.7/32",
			"--other-pods=Isolated",
		},
	} {
		t.Run(name, func(t *testing.T) {
			out, errOut, err := site(t, append([]string{"request", "fl-site-1"}, args...)...)
			if err != nil || errOut != "" {
				t.Fatalf("%v %s", err, errOut)
			}
			golden(t, name, out)
		})
	}
}

// What add would write is what request prints.
func TestAddWritesWhatRequestPrints(t *testing.T) {
	args := []string{"fl-site-1", "--policy=testdata/policy.yaml", "--server-cidr=203.0.113.7/32", "--admin=ann", "--api-server=192.0.2.1:6443"}
	request, _, err := site(t, append([]string{"request"}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	add, _, err := site(t, append([]string{"add", "--dry-run=client", "-o=yaml"}, args...)...)
	if err != nil {
		t.Fatal(err)
	}
	_, request, _ = strings.Cut(request, "-f FILE\n")
	if diff := cmp.Diff(withoutStatus(request), withoutStatus(add)); diff != "" {
		t.Errorf("-request,+add:\n%s", diff)
	}
}

// withoutStatus drops the empty status and spec that typed objects print.
func withoutStatus(text string) string {
	text = strings.ReplaceAll(text, "status: {}\n", "")
	return strings.TrimPrefix(text, "---\n")
}

func TestBadFlags(t *testing.T) {
	broken := filepath.Join(t.TempDir(), "policy.yaml")
	data, err := os.ReadFile("testdata/policy.yaml")
	if err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(broken, []byte(strings.Replace(string(data), "participants", "participant", 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	full := []string{"--root-fingerprint=" + strings.Repeat("5f", 32), "--participant=site-1", "--image=r.test/x" + digest}
	for name, tc := range map[string]struct {
		args []string
		want string
	}{
		"nothing":           {nil, "no policy is given"},
		"both":              {[]string{"--policy=testdata/policy.yaml", "--participant=x"}, "--policy cannot be combined"},
		"no such file":      {[]string{"--policy=testdata/none.yaml"}, "no such file"},
		"unknown field":     {[]string{"--policy=" + broken}, `unknown field "spec.participant"`},
		"no policy":         {[]string{"--policy=testdata/another-namespace.yaml"}, "--policy"},
		"unknown role":      {append([]string{"--interactive-role=boss"}, full...), "spec.privacy.interactiveAccess.podRoles[0]"},
		"no image":          {full[:2], "--image is missing"},
		"image by tag":      {append([]string{"--image=r.test/x:1"}, full[:2]...), "must be an image by digest"},
		"short fingerprint": {append([]string{"--root-fingerprint=5f"}, full[1:]...), "--root-fingerprint"},
		"bad CIDR":          {append([]string{"--server-cidr=server1"}, full...), "--server-cidr"},
		"bad address":       {append([]string{"--server-address=flserver=server1"}, full...), "--server-address flserver=server1"},
		"bad pull secret":   {append([]string{"--image-pull-secret=*"}, full...), "spec.images.pullSecrets[0]"},
		"bad variable":      {append([]string{"--allow-env=LD_PRELOAD"}, full...), "spec.environment.allowed[0]"},
		"bad DNS":           {append([]string{"--dns-cidr=10.0.0.1/8"}, full...), "--dns-cidr"},
		"bad API server":    {append([]string{"--api-server=10.0.0.1"}, full...), "--api-server"},
		"unknown pods":      {append([]string{"--other-pods=Allow"}, full...), "spec.otherPods"},
		"bad port":          {append([]string{"--server-port=0"}, full...), "--server-port 0"},
		"bad name":          {[]string{"--policy-name=a/b"}, "is not a valid name"},
	} {
		t.Run(name, func(t *testing.T) {
			out, _, err := site(t, append([]string{"request", "ns"}, tc.args...)...)
			if err == nil || !strings.Contains(err.Error(), tc.want) || out != "" {
				t.Errorf("%v: %s", err, out)
			}
		})
	}
}

// A launcher that cannot reach the API server is valid, but gives a warning.
func TestLauncherWithoutAnAPIServer(t *testing.T) {
	_, errOut, err := site(t, "request", "ns", "--policy=testdata/policy.yaml", "--server-cidr=203.0.113.7/32")
	if err != nil || !strings.Contains(errOut, "do not let launchers connect to the API server: give its addresses with --api-server") {
		t.Errorf("%v %q", err, errOut)
	}
}

// A closed network is valid, but gives a warning.
func TestClosedNetworkGivesAWarning(t *testing.T) {
	_, errOut, err := site(t, "add", "ns", "--policy-name=x", "--dry-run=client")
	if err != nil || !strings.Contains(errOut, "the network policies allow no FL server") {
		t.Errorf("%v %q", err, errOut)
	}
}
