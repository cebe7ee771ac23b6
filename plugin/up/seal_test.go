package up_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// sealing is the file with a sealing key of a site, and a SitePolicy for the sites in west.
func (c *clusters) sealing() string {
	c.t.Helper()
	_, err := c.run("kit", "sealer", "new", "--name=it", "--out="+filepath.Join(c.dir, "sealer"))
	require.NoError(c.t, err)
	policy := map[string]any{
		"apiVersion": names.APIVersion, "kind": "SitePolicy", "metadata": map[string]any{"name": "sites"},
		"spec": map[string]any{
			"participants": []any{"site-1", "site-2"},
			"kits":         map[string]any{"trustRoots": []any{map[string]any{"name": "demo", "sha256": strings.Repeat("ab", 32)}}},
			"images":       map[string]any{"allowed": []any{map[string]any{"repository": "registry.example.org/nvflare", "digest": "sha256:" + strings.Repeat("cd", 32)}}},
		},
	}
	data, err := yaml.Marshal(policy)
	require.NoError(c.t, err)
	require.NoError(c.t, os.WriteFile(filepath.Join(c.dir, "policy.yaml"), data, 0o600))
	return c.write(strings.NewReplacer("  defaults:", "  seal: {key: sealer/sealer.key}\n  defaults:", "{name: site-1}", "{name: site-1, govern: {policy: policy.yaml, serverCIDRs: [203.0.113.7/32], admins: [ann]}}").Replace(file))
}

func (c *clusters) seal(name string) string {
	c.t.Helper()
	data, err := os.ReadFile(filepath.Join(c.dir, "ws/demo/prod_00", name, kit.SealFile))
	require.NoError(c.t, err)
	return string(data)
}

// What is not sealed is sealed, and what is not governed is governed; once it is, nothing
// happens.
func TestUpSealsAndGoverns(t *testing.T) {
	c := newClusters(t)
	path := c.sealing()
	c.west.Put(&admissionregistrationv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: manifests.Webhook}})
	out, err := c.run("up", "-f", path, "--plan")
	require.NoError(t, err, out)
	require.Regexp(t, `(?m)^site-1 .* seal → govern → inject → launch → wait$`, out)
	require.Regexp(t, `(?m)^site-2 .* seal → inject → launch → wait$`, out)
	out, err = c.run("up", "-f", path)
	require.NoError(t, err, out)
	require.Contains(t, out, "site-1 sealed by the site")
	require.Contains(t, out, "sitepolicy.kubectl-flare.dev/sites created")
	require.Contains(t, out, "namespace/fl-sites labeled")
	namespace, ok := c.west.Get("namespaces", "", "fl-sites")
	require.True(t, ok)
	require.Equal(t, "sites", namespace.GetLabels()[names.LabelSitePolicy])
	before := c.seal("site-1")
	out, err = c.run("up", "-f", path)
	require.NoError(t, err, out)
	require.NotContains(t, out, "sealed by")
	require.NotContains(t, out, "labeled")
	require.Equal(t, before, c.seal("site-1"))
}

// Who may not govern a namespace learns how to ask for it, and goes on.
func TestUpWithoutTheRightToGovern(t *testing.T) {
	c := newClusters(t)
	path := c.sealing()
	c.west.Put(&admissionregistrationv1.ValidatingWebhookConfiguration{ObjectMeta: metav1.ObjectMeta{Name: manifests.Webhook}})
	c.west.Deny = func(verb, resource, name string, _ bool) *apierrors.StatusError {
		if resource == "sitepolicies" && verb == "patch" {
			return apierrors.NewForbidden(schema.GroupResource{Group: names.Group, Resource: resource}, name, errors.New(`User "ann" cannot patch resource "sitepolicies" in API group "kubectl-flare.dev"`))
		}
		return nil
	}
	out, err := c.run("up", "-f", path)
	require.NoError(t, err, out)
	require.Contains(t, out, `west/fl-sites: Warning: namespace "fl-sites" is not governed, and you may not change that: send a cluster admin what `+"`kubectl flare site request fl-sites --policy=")
	_, ok := c.west.Get("deployments", "fl-sites", "site-1")
	require.True(t, ok)
}

// A namespace has one SitePolicy, and a file with a policy must be there.
func TestUpRejectsGoverning(t *testing.T) {
	c := newClusters(t)
	_, err := c.run("up", "-f", c.write(strings.NewReplacer("{name: site-1}", "{name: site-1, govern: {policy: a.yaml}}", "{name: site-2}", "{name: site-2, govern: {policy: b.yaml}}").Replace(file)))
	require.ErrorContains(t, err, "federation.yaml:12: spec.participants[3].govern (site-2) is not that of site-1, and both run in west/fl-sites: a namespace has one SitePolicy")
	_, err = c.run("up", "-f", c.write(strings.Replace(file, "{name: site-1}", "{name: site-1, govern: {policy: nowhere.yaml}}", 1)))
	require.ErrorContains(t, err, "nowhere.yaml")
	c.unchanged()
}
