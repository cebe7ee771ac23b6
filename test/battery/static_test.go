package battery_test

import (
	"maps"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/webhook"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules"
	"k8s.io/apiserver/pkg/authentication/user"

	"github.com/kubectl-flare/kubectl-flare/manifests"
)

// static is a ValidatingAdmissionPolicy of the manifests, as a webhook with its conditions.
func static(t *testing.T, name string) *registered {
	t.Helper()
	objects, err := manifests.Objects([]string{"x-"}, manifests.Options{Certs: manifests.SelfSigned})
	require.NoError(t, err)
	i := slices.IndexFunc(objects, func(o *unstructured.Unstructured) bool {
		return o.GetKind() == "ValidatingAdmissionPolicy" && o.GetName() == name
	})
	require.NotEqual(t, -1, i, name)
	policy := &admissionregistrationv1.ValidatingAdmissionPolicy{}
	require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(objects[i].Object, policy))
	r := newRegistered()
	w := &admissionregistrationv1.ValidatingWebhook{Name: name, MatchConditions: policy.Spec.MatchConditions}
	for _, rule := range policy.Spec.MatchConstraints.ResourceRules {
		w.Rules = append(w.Rules, rule.RuleWithOperations)
	}
	r.hooks = append(r.hooks, webhook.NewValidatingWebhookAccessor(name, name, w))
	return r
}

// evaluates says whether the static policy evaluates a write of an object, given by what it
// has beside its name; old is nil for a new object.
func (r *registered) evaluates(t *testing.T, resource schema.GroupVersionResource, name string, old, object map[string]any) bool {
	t.Helper()
	made := func(content map[string]any) *unstructured.Unstructured {
		u := &unstructured.Unstructured{Object: map[string]any{"metadata": map[string]any{"name": name, "namespace": "n"}}}
		maps.Copy(u.Object, content)
		return u
	}
	kind := resource.GroupVersion().WithKind("Kind")
	var before runtime.Object
	operation := admission.Create
	if old != nil {
		before, operation = made(old), admission.Update
	}
	v := &admission.VersionedAttributes{
		Attributes:    admission.NewAttributesRecord(made(object), before, kind, "n", name, resource, "", operation, nil, false, &user.DefaultInfo{Name: "alice"}),
		VersionedKind: kind,
	}
	v.VersionedObject.Set(made(object))
	if before != nil {
		v.VersionedOldObject.Set(before)
	}
	for _, h := range r.hooks {
		if !slices.ContainsFunc(h.GetRules(), func(rule admissionregistrationv1.RuleWithOperations) bool {
			return (&rules.Matcher{Rule: rule, Attr: v}).Matches()
		}) {
			continue
		}
		result := h.GetCompiledMatcher(r.compiler).Match(t.Context(), v, nil, nil)
		require.NoError(t, result.Error)
		return result.Matches
	}
	return false
}

func TestKindsOfAddOns(t *testing.T) {
	policy := static(t, "flare-networks")
	open, closed := map[string]any{"egress": "world"}, map[string]any{"egress": "none"}
	of := func(group, resource string) schema.GroupVersionResource {
		return schema.GroupVersionResource{Group: group, Version: "v1", Resource: resource}
	}
	cilium := of("cilium.io", "ciliumnetworkpolicies")
	require.True(t, policy.evaluates(t, cilium, "a", map[string]any{"spec": closed}, map[string]any{"spec": open}))
	require.True(t, policy.evaluates(t, cilium, "a", map[string]any{"specs": []any{closed}}, map[string]any{"specs": []any{open}}))
	require.True(t, policy.evaluates(t, cilium, "a", map[string]any{"spec": closed}, map[string]any{"spec": closed, "specs": []any{open}}))
	require.False(t, policy.evaluates(t, cilium, "a", map[string]any{"specs": []any{open}}, map[string]any{"specs": []any{open}, "status": "x"}))
	for group, resources := range map[string][]string{
		"crd.antrea.io": {"networkpolicies"}, "k8s.cni.cncf.io": {"network-attachment-definitions"},
		"k8s.ovn.org": {"egressfirewalls", "egressservices", "userdefinednetworks"}, "externaldns.k8s.io": {"dnsendpoints"},
		"traefik.io": {"ingressroutes", "ingressroutetcps", "ingressrouteudps"}, "projectcontour.io": {"httpproxies"},
		"gateway.networking.k8s.io": {"gateways", "listenersets", "httproutes"}, "gateway.networking.x-k8s.io": {"xlistenersets"},
	} {
		for _, resource := range resources {
			require.True(t, policy.evaluates(t, of(group, resource), "a", nil, map[string]any{"spec": open}), "%s.%s", resource, group)
		}
	}
	require.False(t, policy.evaluates(t, of("networking.k8s.io", "networkpolicies"), "a", nil, map[string]any{"spec": open}), "the webhook evaluates them")
}

func TestRootCA(t *testing.T) {
	policy, resource := static(t, "flare-root-ca"), schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}
	own, another := map[string]any{"data": map[string]any{"ca.crt": "own"}}, map[string]any{"data": map[string]any{"ca.crt": "another"}}
	const name = "kube-root-ca.crt"
	require.True(t, policy.evaluates(t, resource, name, nil, another))
	require.True(t, policy.evaluates(t, resource, name, own, another))
	require.True(t, policy.evaluates(t, resource, name, own, map[string]any{"binaryData": map[string]any{"ca.crt": "eA=="}}))
	require.False(t, policy.evaluates(t, resource, name, own, own), "labels")
	require.False(t, policy.evaluates(t, resource, "settings", nil, another))
}
