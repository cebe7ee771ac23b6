//go:build integration

package admission

import (
	"slices"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/policies"
)

// The reasons why nothing is registered for a resource of a namespace.
const (
	roles      = "who has which right is decided by those who may grant it, and the API server denies more than they have"
	asks       = "it asks a question and stores nothing"
	amounts    = "it limits amounts or holds pods back, and neither leads, fills nor copies"
	status     = "controllers and the kubelet write it, no role for people has it, and no verdict relies on it"
	scale      = "it changes how many pods there are, and each is evaluated"
	coordinate = "processes coordinate with it, and no participant reads it"
	devices    = "participants may have no resourceClaims, and other pods reach no data with them"
)

// harmless are the resources of namespaces that can neither redirect connections, fill
// what participants read, open the namespace nor copy data.
func harmless() map[string]string {
	return map[string]string{
		"events": coordinate, "events.events.k8s.io": coordinate, "leases.coordination.k8s.io": coordinate, "leasecandidates.coordination.k8s.io": coordinate,
		"limitranges": amounts, "resourcequotas": amounts, "poddisruptionbudgets.policy": amounts, "horizontalpodautoscalers.autoscaling": scale,
		"roles.rbac.authorization.k8s.io": roles, "rolebindings.rbac.authorization.k8s.io": roles,
		"serviceaccounts": "a pod of a participant may run only as the account that its policy names",
		"localsubjectaccessreviews.authorization.k8s.io": asks,
		"controllerrevisions.apps":                       "their pods are evaluated when they are created",
		"pods/eviction":                                  "it deletes a pod, which is always allowed",
		"resourceclaims.resource.k8s.io":                 devices, "resourceclaimtemplates.resource.k8s.io": devices, "resourceclaims.resource.k8s.io/binding": devices, "resourceclaims.resource.k8s.io/driver": devices,
		"csistoragecapacities.storage.k8s.io":        "storage drivers say with it how much room there is",
		"podcertificaterequests.certificates.k8s.io": "the kubelet makes them for projected volumes, which participants may not have",
		"replicationcontrollers/scale":               scale, "deployments.apps/scale": scale, "replicasets.apps/scale": scale, "statefulsets.apps/scale": scale,
		"workloads.scheduling.k8s.io": amounts, "podgroups.scheduling.k8s.io": amounts, "evictionrequests.lifecycle.k8s.io": amounts,
	}
}

// TestEveryDoor: each resource of a namespace that the API server serves with a verb that
// writes is registered, with a webhook or a static policy, or is in a table with the
// reason why not. A new version of Kubernetes fails here until someone decides.
func TestEveryDoor(t *testing.T) {
	registered, table := registeredResources(t), harmless()
	seen := map[string]bool{}
	for _, name := range served(t) {
		seen[name] = true
		_, excused := table[name]
		known := registered[name]
		if strings.HasSuffix(name, "/status") {
			require.False(t, known, "%s: %s", name, status)
			continue
		}
		require.True(t, known || excused, "%s can be written, and is neither registered nor in the table of what is harmless", name)
		require.False(t, known && excused, "%s is registered and in the table", name)
	}
	for _, name := range []string{"pods", "persistentvolumeclaims", "services", "networkpolicies.networking.k8s.io", "endpointslices.discovery.k8s.io", "pods/exec"} {
		require.True(t, seen[name], "the API server serves no %s", name)
	}
}

// served are the resources of namespaces with a verb that writes, also those that only
// connect.
func served(t *testing.T) []string {
	t.Helper()
	_, lists, err := world.typed.Discovery().ServerGroupsAndResources()
	require.NoError(t, err)
	var names []string
	for _, list := range lists {
		gv, err := schema.ParseGroupVersion(list.GroupVersion)
		require.NoError(t, err)
		if strings.HasPrefix(gv.Group, "snapshot.storage") || strings.HasPrefix(gv.Group, "groupsnapshot") {
			continue // another test adds them
		}
		for _, r := range list.APIResources {
			writes := slices.ContainsFunc(r.Verbs, func(verb string) bool { return slices.Contains([]string{"create", "update", "patch"}, verb) })
			if r.Namespaced && writes {
				names = append(names, resourceName(gv.Group, r))
			}
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}

// resourceName is resource.group, or resource.group/subresource.
func resourceName(group string, r metav1.APIResource) string {
	resource, subresource, sub := strings.Cut(r.Name, "/")
	name := strings.TrimSuffix(resource+"."+group, ".")
	if sub {
		name += "/" + subresource
	}
	return name
}

// registeredResources are those of the webhooks that fail closed or evaluate templates, and
// of the static policies.
func registeredResources(t *testing.T) map[string]bool {
	t.Helper()
	known, err := policies.DefaultProfiles()
	require.NoError(t, err)
	objects, err := manifests.Objects(known.Prefixes(), manifests.Options{Image: "none", Certs: manifests.SelfSigned})
	require.NoError(t, err)
	all := map[string]bool{}
	for _, o := range objects {
		switch o.GetKind() {
		case "ValidatingWebhookConfiguration":
			for _, w := range slice(t, o.Object, "webhooks") {
				addRules(t, all, slice(t, w, "rules"))
			}
		case "ValidatingAdmissionPolicy":
			addRules(t, all, slice(t, o.Object, "spec", "matchConstraints", "resourceRules"))
		}
	}
	return all
}

func slice(t *testing.T, from any, path ...string) []any {
	t.Helper()
	object, ok := from.(map[string]any)
	require.True(t, ok)
	found, _, err := unstructured.NestedSlice(object, path...)
	require.NoError(t, err)
	return found
}

func addRules(t *testing.T, all map[string]bool, rules []any) {
	t.Helper()
	for _, rule := range rules {
		for _, group := range slice(t, rule, "apiGroups") {
			for _, resource := range slice(t, rule, "resources") {
				all[resourceName(group.(string), metav1.APIResource{Name: resource.(string)})] = true
			}
		}
	}
}
