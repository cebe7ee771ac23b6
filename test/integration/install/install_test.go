//go:build integration

// Package install tests install and uninstall against a real API server. Nothing
// runs there, so the self-test is for e2e.
package install

import (
	"encoding/json"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	applyadmission "k8s.io/client-go/applyconfigurations/admissionregistration/v1"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/envtest"

	"github.com/kubectl-flare/kubectl-flare/plugin"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// run runs the plugin as a cluster admin.
func run(t *testing.T, config *rest.Config, args ...string) (out, errOut string, err error) {
	t.Helper()
	streams, _, stdout, stderr := genericiooptions.NewTestIOStreams()
	flags := genericclioptions.NewConfigFlags(false)
	flags.WrapConfigFn = func(*rest.Config) *rest.Config { return config }
	options := plugin.DefaultOptions(streams)
	options.ConfigFlags = flags
	cmd := plugin.NewCommand(options)
	cmd.SetArgs(args)
	err = cmd.ExecuteContext(t.Context())
	return stdout.String(), stderr.String(), err
}

func start(t *testing.T, crds ...string) (*rest.Config, kubernetes.Interface) {
	t.Helper()
	server := &envtest.Environment{CRDDirectoryPaths: crds, ErrorIfCRDPathMissing: true}
	config, err := server.Start()
	require.NoError(t, err, `run make lab-up, then eval "$(go run ./test/lab env)"`)
	t.Cleanup(func() { require.NoError(t, server.Stop()) })
	client, err := kubernetes.NewForConfig(config)
	require.NoError(t, err)
	return config, client
}

// otherVersion registers a webhook that this version does not have, as install of another
// version does, and injects authorities.
func otherVersion(t *testing.T, client kubernetes.Interface) {
	t.Helper()
	configurations := client.AdmissionregistrationV1().ValidatingWebhookConfigurations()
	live, err := configurations.Get(t.Context(), "flare-webhook", metav1.GetOptions{})
	require.NoError(t, err)
	later := live.Webhooks[0].DeepCopy()
	later.Name = "later.kubectl-flare.dev"
	live.Webhooks = append(live.Webhooks, *later)
	live.ManagedFields = nil
	live.APIVersion, live.Kind, live.ResourceVersion = "admissionregistration.k8s.io/v1", "ValidatingWebhookConfiguration", ""
	data, err := json.Marshal(live)
	require.NoError(t, err)
	live, err = configurations.Patch(t.Context(), "flare-webhook", types.ApplyPatchType, data, metav1.PatchOptions{FieldManager: names.ManagedBy, Force: new(true)})
	require.NoError(t, err)
	// As cert-manager's cainjector does.
	injected := applyadmission.ValidatingWebhookConfiguration("flare-webhook")
	for i := range live.Webhooks {
		injected.WithWebhooks(applyadmission.ValidatingWebhook().WithName(live.Webhooks[i].Name).
			WithClientConfig(applyadmission.WebhookClientConfig().WithCABundle([]byte("-----BEGIN CERTIFICATE-----\nMIIB\n-----END CERTIFICATE-----\n")...)))
	}
	_, err = configurations.Apply(t.Context(), injected, metav1.ApplyOptions{FieldManager: "injector", Force: true})
	require.NoError(t, err)
}

func TestInstallAndUninstall(t *testing.T) {
	config, client := start(t)
	args := []string{"install", "--image=registry.test/flare-webhook", "--certs=self-signed", "--wait=false"}

	out, errOut, err := run(t, config, append(args, "--dry-run=server")...)
	require.NoError(t, err)
	require.Contains(t, out, "namespace/flare-system created (server dry run)")
	require.Contains(t, errOut, "are left out of this dry run")
	_, err = client.CoreV1().Namespaces().Get(t.Context(), "flare-system", metav1.GetOptions{})
	require.Error(t, err, "a dry run has written")

	out, errOut, err = run(t, config, args...)
	require.NoError(t, err, errOut)
	require.Empty(t, errOut, "the API server warns")
	require.Contains(t, out, "deployment.apps/flare-webhook created")
	require.Contains(t, out, "validatingwebhookconfiguration.admissionregistration.k8s.io/flare-webhook created")

	out, _, err = run(t, config, args...)
	require.NoError(t, err)
	for line := range strings.Lines(out) {
		require.True(t, strings.HasSuffix(line, " unchanged\n"), line)
	}
	otherVersion(t, client)
	out, errOut, err = run(t, config, args...)
	require.NoError(t, err, errOut)
	require.Contains(t, out, "validatingwebhookconfiguration.admissionregistration.k8s.io/flare-webhook ")
	registered, err := client.AdmissionregistrationV1().ValidatingWebhookConfigurations().Get(t.Context(), "flare-webhook", metav1.GetOptions{})
	require.NoError(t, err)
	for i := range registered.Webhooks {
		require.NotEqual(t, "later.kubectl-flare.dev", registered.Webhooks[i].Name)
		require.NotEmpty(t, registered.Webhooks[i].ClientConfig.CABundle, "the authority stays")
	}

	out, _, err = run(t, config, "uninstall")
	require.NoError(t, err)
	require.True(t, strings.HasPrefix(out, "mutatingwebhookconfiguration.") || strings.HasPrefix(out, "validatingwebhookconfiguration."), out)
	policies, err := client.AdmissionregistrationV1().ValidatingAdmissionPolicies().List(t.Context(), metav1.ListOptions{})
	require.NoError(t, err)
	require.Empty(t, policies.Items)
	_, err = client.Discovery().ServerResourcesForGroupVersion("kubectl-flare.dev/v1alpha1")
	require.NoError(t, err, "the CRD must stay")
	_, _, err = run(t, config, "uninstall")
	require.NoError(t, err, "again does no harm")
}

// Without a webhook a label would only look like protection.
func TestSiteAddWithoutWebhook(t *testing.T) {
	config, client := start(t)
	_, _, err := run(t, config, "site", "add", "default", "--policy-name=x")
	require.ErrorContains(t, err, "kubectl flare install")
	ns, err := client.CoreV1().Namespaces().Get(t.Context(), "default", metav1.GetOptions{})
	require.NoError(t, err)
	require.NotContains(t, ns.Labels, "kubectl-flare.dev/site-policy")
}
