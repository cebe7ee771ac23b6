package battery_test

import (
	"cmp"
	"encoding/json"
	"slices"
	"testing"

	"github.com/stretchr/testify/require"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apiserver/pkg/admission"
	"k8s.io/apiserver/pkg/admission/plugin/cel"
	"k8s.io/apiserver/pkg/admission/plugin/webhook"
	"k8s.io/apiserver/pkg/admission/plugin/webhook/predicates/rules"
	"k8s.io/apiserver/pkg/authentication/user"
	"k8s.io/apiserver/pkg/cel/environment"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/policies"
)

// registered are the webhooks of the manifests, with the API server's own code for rules
// and match conditions.
type registered struct {
	hooks    []webhook.WebhookAccessor
	compiler cel.ConditionCompiler
}

func mutating(t *testing.T) *registered {
	t.Helper()
	c := &admissionregistrationv1.MutatingWebhookConfiguration{}
	read(t, "MutatingWebhookConfiguration", c)
	r := newRegistered()
	for i := range c.Webhooks {
		r.hooks = append(r.hooks, webhook.NewMutatingWebhookAccessor(c.Webhooks[i].Name, c.Name, &c.Webhooks[i]))
	}
	return r
}

func validating(t *testing.T) *registered {
	t.Helper()
	c := &admissionregistrationv1.ValidatingWebhookConfiguration{}
	read(t, "ValidatingWebhookConfiguration", c)
	r := newRegistered()
	for i := range c.Webhooks {
		r.hooks = append(r.hooks, webhook.NewValidatingWebhookAccessor(c.Webhooks[i].Name, c.Name, &c.Webhooks[i]))
	}
	return r
}

func newRegistered() *registered {
	return &registered{compiler: cel.NewConditionCompiler(environment.MustBaseEnvSet(environment.DefaultCompatibilityVersion()))}
}

func read(t *testing.T, kind string, into any) {
	t.Helper()
	known, err := policies.DefaultProfiles()
	require.NoError(t, err)
	objects, err := manifests.Objects(known.Prefixes(), manifests.Options{Certs: manifests.SelfSigned})
	require.NoError(t, err)
	i := slices.IndexFunc(objects, func(o *unstructured.Unstructured) bool { return o.GetKind() == kind })
	require.NoError(t, runtime.DefaultUnstructuredConverter.FromUnstructured(objects[i].Object, into))
}

// asked says which webhook is called for the request: one at most. skipped is the condition that
// keeps the request away, the first of them if several webhooks have a rule for it. Both are empty
// if no rule is for the request.
func (r *registered) asked(t *testing.T, request policies.Review, version string) (hook, skipped string) {
	t.Helper()
	attributes := attributesOf(request, version)
	for _, h := range r.hooks {
		matches := func(rule admissionregistrationv1.RuleWithOperations) bool {
			return (&rules.Matcher{Rule: rule, Attr: attributes}).Matches()
		}
		if !slices.ContainsFunc(h.GetRules(), matches) {
			continue
		}
		result := h.GetCompiledMatcher(r.compiler).Match(t.Context(), attributes, nil, nil)
		require.NoError(t, result.Error, h.GetName())
		if result.Matches {
			require.Empty(t, hook, "called twice, by %s too", h.GetName())
			hook = h.GetName()
			continue
		}
		require.NotEmpty(t, result.FailedConditionName, "an expression of %s has an error", h.GetName())
		skipped = cmp.Or(skipped, h.GetName()+" "+result.FailedConditionName)
	}
	if hook != "" {
		return hook, ""
	}
	return "", skipped
}

func attributesOf(r policies.Review, version string) *admission.VersionedAttributes {
	kind := schema.GroupVersionKind{}
	if r.Object != nil {
		kind = r.Object.GetObjectKind().GroupVersionKind()
	}
	attributes := admission.NewAttributesRecord(r.Object, r.OldObject, kind, r.Namespace, r.Name, r.Resource.WithVersion(version),
		r.Subresource, admission.Operation(r.Operation), nil, r.DryRun, &user.DefaultInfo{Name: r.User.Username})
	v := &admission.VersionedAttributes{Attributes: attributes, VersionedKind: kind}
	if r.Object != nil {
		v.VersionedObject.Set(r.Object)
	}
	if r.OldObject != nil {
		v.VersionedOldObject.Set(r.OldObject)
	}
	return v
}

// withoutTypes has the objects as maps, as older API servers give them to expressions.
func withoutTypes(t *testing.T, r policies.Review) policies.Review {
	t.Helper()
	untyped := func(o runtime.Object) runtime.Object {
		if o == nil {
			return nil
		}
		data, err := json.Marshal(o)
		require.NoError(t, err)
		u := &unstructured.Unstructured{}
		require.NoError(t, json.Unmarshal(data, &u.Object))
		u.SetGroupVersionKind(o.GetObjectKind().GroupVersionKind())
		return u
	}
	r.Object, r.OldObject = untyped(r.Object), untyped(r.OldObject)
	return r
}
