package policy_test

import (
	"os"
	"slices"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"github.com/stretchr/testify/assert"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	testingclock "k8s.io/utils/clock/testing"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/policy"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// cluster is a governed namespace with the site's kit, its policy and its pod.
func cluster(t *testing.T, s site, installed bool) *clientstest.Server {
	t.Helper()
	server := clientstest.Start(t, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		Name: "fl-site-1", Labels: map[string]string{"kubectl-flare.dev/site-policy": "hospital-a"},
	}})
	kit, err := workloads.KitForm("fl-site-1", s.kit)
	require.NoError(t, err)
	for _, obj := range kit {
		server.Put(obj)
	}
	data, err := os.ReadFile(s.policyFile)
	require.NoError(t, err)
	sitePolicy := &unstructured.Unstructured{}
	require.NoError(t, yaml.Unmarshal(data, sitePolicy))
	server.Put(sitePolicy)
	pod := &corev1.Pod{}
	require.NoError(t, yaml.Unmarshal([]byte(podOf(t, last(t, s.manifests))), pod))
	pod.Spec.NodeName = "node0"
	server.Put(pod)
	if !installed {
		return server
	}
	objects, err := manifests.Objects(known(t).Catalog.Profiles().Prefixes(), manifests.Options{Certs: manifests.SelfSigned})
	require.NoError(t, err)
	for _, o := range objects {
		if o.GetKind() == "ValidatingWebhookConfiguration" || o.GetKind() == "MutatingWebhookConfiguration" {
			server.Put(o)
		}
	}
	return server
}

func explain(t *testing.T, server *clientstest.Server, args ...string) (string, error) {
	t.Helper()
	command := func(streams genericiooptions.IOStreams) *cobra.Command {
		return policy.NewCommand(server.Clients("fl-site-1"), known(t), streams, testingclock.NewFakeClock(time.Now()))
	}
	out, _, err := clientstest.Run(t, command, append([]string{"explain"}, args...)...)
	return out, err
}

func TestExplainAPod(t *testing.T) {
	out, err := explain(t, cluster(t, newSite(t), true), "p")
	require.NoError(t, err)
	assert.Contains(t, out, "Policy: hospital-a (Enforce); namespace fl-site-1 has the label kubectl-flare.dev/site-policy=hospital-a\n")
	assert.Contains(t, out, "Webhook, according to the cluster:\n  mutate-pods.kubectl-flare.dev sees CREATE pods (failurePolicy Ignore)")
	assert.Contains(t, out, "  kit             pass\n")
	assert.Contains(t, out, "  pod-fields      pass\n", "the scheduler has chosen the node")
	assert.Contains(t, out, "  placement       pass\n")
	assert.Contains(t, out, "  images          fail\n", "the pod is evaluated as it is in the cluster, with its tag")
	assert.NotContains(t, out, "Note:")
}

func TestExplainWithoutTheWebhook(t *testing.T) {
	out, err := explain(t, cluster(t, newSite(t), false), "p")
	require.NoError(t, err)
	assert.Contains(t, out, "Webhook: no webhook would see it\n")
	assert.Contains(t, out, "Note: THE WEBHOOK IS NOT INSTALLED: nothing enforces this verdict")
}

// forbid denies access to some resources.
func forbid(server *clientstest.Server, resources ...string) {
	server.Deny = func(_, resource, name string, _ bool) *apierrors.StatusError {
		if slices.Contains(resources, resource) {
			return apierrors.NewForbidden(schema.GroupResource{Resource: resource}, name, nil)
		}
		return nil
	}
}

// A user who may not read Secrets, which is the usual case, learns that what depends on
// the kit is unknown, until they give the kit's folder.
func TestExplainWithoutSecrets(t *testing.T) {
	s := newSite(t)
	server := cluster(t, s, true)
	forbid(server, "secrets")
	out, err := explain(t, server, "p")
	require.NoError(t, err)
	assert.Contains(t, out, "Pod fl-site-1/p: unknown\n")
	assert.Contains(t, out, "  kit             unknown\n")
	assert.Contains(t, out, "  host            pass\n")
	assert.Contains(t, out, "Note: you may not read flare-kit-site-1-")

	out, err = explain(t, server, "p", "--kit", s.kitDir)
	require.NoError(t, err)
	assert.Contains(t, out, "  kit             pass\n")
}

func TestExplainWhatMayNotBeRead(t *testing.T) {
	s := newSite(t)
	server := cluster(t, s, true)
	forbid(server, "validatingwebhookconfigurations", "namespaces")
	_, err := explain(t, server, "p")
	require.ErrorContains(t, err, `the SitePolicy that governs namespace "fl-site-1" is unknown, because you may not read the namespace`)

	out, err := explain(t, server, "p", "--policy", s.policyFile)
	require.NoError(t, err)
	assert.Contains(t, out, "Note: you may not read namespace fl-site-1")
	assert.Contains(t, out, "Note: you may not read the webhook's registration")
	assert.Contains(t, out, "Webhook, according to what `kubectl flare install` writes:\n")

	forbid(server, "sitepolicies")
	_, err = explain(t, server, "p")
	require.ErrorContains(t, err, `you may not read SitePolicy "hospital-a", which governs namespace "fl-site-1"`)
	_, err = explain(t, server, "absent")
	require.ErrorContains(t, err, `"absent" not found`)
}
