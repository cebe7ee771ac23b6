package manifests_test

import (
	"encoding/json"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// The two forms of reserved prefixes in the manifests: one prefix, and a choice of several.
var (
	onePrefix = regexp.MustCompile(`startsWith\('([a-z0-9-]+-)'\)`)
	anyPrefix = regexp.MustCompile(`matches\('\^\(([^)]*)\)'\)`)
)

// prefixes are the prefixes in the expressions of all objects with the name, each once and
// sorted.
func prefixes(t *testing.T, objects []*unstructured.Unstructured, name string) []string {
	t.Helper()
	var found []string
	for _, o := range objects {
		if o.GetName() != name {
			continue
		}
		data, err := json.Marshal(o)
		require.NoError(t, err)
		for _, m := range onePrefix.FindAllStringSubmatch(string(data), -1) {
			found = append(found, m[1])
		}
		for _, m := range anyPrefix.FindAllStringSubmatch(string(data), -1) {
			found = append(found, strings.Split(m[1], "|")...)
		}
	}
	slices.Sort(found)
	return slices.Compact(found)
}

// prefixesOfLaunchers are those of the frameworks of this version.
func prefixesOfLaunchers(t *testing.T) []string {
	t.Helper()
	known, err := policies.DefaultProfiles()
	require.NoError(t, err)
	return known.Prefixes()
}

// TestReservedNames: the webhook's registration and both static policies reserve
// what package names and the registered launchers do, no more and no less.
func TestReservedNames(t *testing.T) {
	want := append(prefixesOfLaunchers(t), names.PrefixKit, names.PrefixLocal)
	slices.Sort(want)
	objects := all(t, manifests.SelfSigned)
	for _, name := range []string{manifests.Webhook, "flare-secrets", "flare-configmaps"} {
		require.Equal(t, want, prefixes(t, objects, name), name)
	}
}

// TestOurNames: labels, types and the API group in the manifests are those of
// package names.
func TestOurNames(t *testing.T) {
	ours := regexp.MustCompile(regexp.QuoteMeta(names.Group) + `/[a-z-]*`)
	allowed := []string{names.Group + "/", names.LabelSitePolicy, names.LabelParticipant, names.LabelRole, names.KitSecretType, names.APIVersion[:len(names.Group)+1] + "v"}
	for _, o := range all(t, manifests.SelfSigned) {
		data, err := json.Marshal(o)
		require.NoError(t, err)
		for _, one := range ours.FindAllString(string(data), -1) {
			require.Contains(t, allowed, one, "%s %s", o.GetKind(), o.GetName())
		}
	}
}

// The default deny that may not be deleted is that of package names.
func TestDefaultDeny(t *testing.T) {
	for _, o := range all(t, manifests.SelfSigned) {
		if o.GetKind() == "ValidatingWebhookConfiguration" {
			data, err := json.Marshal(o)
			require.NoError(t, err)
			require.Contains(t, string(data), "'"+names.DefaultDeny+"'")
		}
	}
}

// Without a launcher none of its names is reserved, and a prefix that could break an
// expression is rejected.
func TestLauncherPrefixes(t *testing.T) {
	objects, err := manifests.Objects(nil, manifests.Options{Certs: manifests.SelfSigned})
	require.NoError(t, err)
	for _, o := range objects {
		data, err := json.Marshal(o)
		require.NoError(t, err)
		require.NotContains(t, string(data), "PREFIXES", o.GetName())
	}
	for _, name := range []string{manifests.Webhook, "flare-configmaps"} {
		require.NotContains(t, prefixes(t, objects, name), "", "every name would be reserved")
	}
	for _, prefix := range []string{"", "a", "a|b-", "A-", "a'-"} {
		_, err := manifests.Objects([]string{prefix}, manifests.Options{Certs: manifests.SelfSigned})
		require.ErrorContains(t, err, "cannot begin the names of Secrets")
	}
}
