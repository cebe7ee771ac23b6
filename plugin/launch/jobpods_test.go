package launch

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

const asPods = "--job-runtime=pod"

func TestLauncher(t *testing.T) {
	b := newBench(t)
	tokens := map[string]any{}
	b.OnWrite = func(obj *unstructured.Unstructured) {
		if obj.GetKind() == "Deployment" {
			tokens[obj.GetName()], _, _ = unstructured.NestedBool(obj.Object, "spec", "template", "spec", "automountServiceAccountToken")
		}
	}
	out, errOut, err := b.launch(b.client(), image, asPods, "--wait=false")
	require.NoError(t, err)
	contains(t, out, "role.rbac.authorization.k8s.io/site-2-809cb9ad-launcher created\n", "rolebinding.rbac.authorization.k8s.io/site-2-809cb9ad-launcher created\n",
		"service/site-2-809cb9ad created\n")
	contains(t, errOut, "Note: local/ is changed for job pods", "kubectl flare kit seal --local --job-runtime=pod")
	require.Equal(t, true, tokens["site-2-809cb9ad"], "the launcher has no token")
}

// In a governed namespace, `site add` has bound the launcher's role.
func TestLauncherInAGovernedNamespace(t *testing.T) {
	ns := namespace("governed")
	ns.Labels = map[string]string{"kubectl-flare.dev/site-policy": "hospital-b"}
	b := newBench(t, ns)
	out, _, err := b.launchIn("governed", b.client(), image, asPods, "--wait=false")
	require.NoError(t, err)
	require.NotContains(t, out, "rolebinding")
}

func TestLauncherWithoutACluster(t *testing.T) {
	b := newBench(t)
	out, _, err := b.launch(b.client(), image, asPods, "--dry-run=client", "-o=yaml")
	require.NoError(t, err)
	contains(t, out, "kind: RoleBinding", "port: 8102", "k8s_launcher.ClientK8sJobLauncher", "namespace: ns")
}

func TestLauncherIsRejected(t *testing.T) {
	b := newBench(t)
	sealed := b.federation.Client("Site_2", "hospital_b").Seal(t, b.federation.Sealer("release"))
	_, _, err := b.launch(sealed.WriteDir(t), image, asPods)
	b.rejected(err, "is sealed", "kubectl flare kit seal --local --job-runtime=pod --job-image=registry.example.org/nvflare:2.9.0 -n ns", "--key=FILE")

	_, _, err = b.launch(b.client(), image, "--job-runtime=docker")
	b.rejected(err, `--job-runtime "docker" is not valid: give process, container or pod`)

	_, _, err = b.launch(b.federation.Admin("lead@hospital-a.org", "hospital_a", "lead").WriteDir(t), image, asPods)
	b.rejected(err, "runs no jobs")
}

// A kit with the settings of job pods does not start without them: its jobs would fail.
func TestProcessesNeedOtherSettings(t *testing.T) {
	b := newBench(t)
	k := b.federation.Client("Site_2", "hospital_b")
	prepared := strings.Replace(string(k.File("local/resources.json.default")), `"components": [`,
		`"components": [{"id": "k8s_launcher", "path": "nvflare.app_opt.job_launcher.k8s_launcher.ClientK8sJobLauncher", "args": {}},`, 1)
	_, _, err := b.launch(with(k, prepared).WriteDir(t), image)
	b.rejected(err, "run its jobs in pods of their own", "--job-runtime=pod")
}

func with(k *kittest.Kit, resources string) *kittest.Kit {
	return k.With("local/resources.json.default", []byte(resources))
}
