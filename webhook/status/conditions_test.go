package status

import (
	"fmt"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// healthy is a policy that is enforced, with a kit that is valid for long.
func healthy(t *testing.T, change func(*v1alpha1.SitePolicy)) *observed {
	t.Helper()
	policy := policiestest.Policy(t)
	if change != nil {
		change(policy)
	}
	return &observed{
		policy: policiestest.Compile(t, policy), namespaces: []string{"a", "b"}, now: policiestest.Now,
		kits: inUse{kits: []kitInUse{{"a", "flare-kit-x", "Site_2", policiestest.Now.AddDate(1, 0, 0)}}},
	}
}

func expires(name string, after time.Duration) kitInUse {
	return kitInUse{"a", "flare-kit-" + name, name, policiestest.Now.Add(after)}
}

const day = 24 * time.Hour

func TestConditions(t *testing.T) {
	for name, tc := range map[string]struct {
		change   func(*v1alpha1.SitePolicy)
		observed func(*observed)
		// The condition's type, and its status, reason and message.
		want map[string]string
	}{
		"all is well": {nil, func(*observed) {}, map[string]string{
			"Accepted": "True Valid: the policy is valid", "Enforced": "True Enforcing: what violates the policy is denied",
			"Degraded": "False AsExpected: nothing needs to be done",
		}},
		"a policy that warns": {func(p *v1alpha1.SitePolicy) { p.Spec.Enforcement = v1alpha1.Warn }, func(*observed) {}, map[string]string{
			"Enforced": "False NotEnforcing: spec.enforcement is Warn: what violates the policy is allowed",
		}},
		"no namespace": {nil, func(o *observed) { o.namespaces = nil }, map[string]string{
			"Enforced": "False NoNamespace: no namespace has the label kubectl-flare.dev/site-policy=hospital-a",
		}},
		"not valid": {nil, func(o *observed) {
			o.policy = policies.Invalid("x", field.ErrorList{field.Required(field.NewPath("spec", "images"), "list them")})
		}, map[string]string{
			"Accepted": "False Invalid: spec.images: Required value: list them",
			"Enforced": "False Invalid: every pod is denied in the namespaces of a policy that is not valid",
		}},
		"break-glass": {policiestest.OpenBreakGlass, func(*observed) {}, map[string]string{
			"Enforced": "True Enforcing: what violates the policy is denied",
			"Degraded": "True BreakGlass: break-glass is open until 2026-11-23T13:00:00Z: the client hangs",
		}},
		"break-glass that has ended": {policiestest.OpenBreakGlass, func(o *observed) { o.now = o.now.Add(2 * time.Hour) }, map[string]string{
			"Degraded": "False AsExpected: nothing needs to be done",
		}},
		"no access": {nil, func(o *observed) { o.kits.unreadable = []string{"b"} }, map[string]string{
			"Degraded": "True NoAccess: the webhook has no access to 1 namespaces, such as b: run `kubectl flare site add` for them",
		}},
		"a kit that expires": {nil, func(o *observed) { o.kits.kits = append(o.kits.kits, expires("late", 29*day), expires("early", -day)) }, map[string]string{
			"Degraded": "True KitsExpire: 2 kits expire, first that of early in namespace a on 2026-11-22: ask the project lead for new ones",
		}},
		"several": {policiestest.OpenBreakGlass, func(o *observed) { o.kits.unreadable, o.kits.partial = []string{"b"}, true }, map[string]string{
			"Degraded": "True BreakGlass: break-glass is open until 2026-11-23T13:00:00Z: the client hangs; the webhook has no access to 1 namespaces, such as b: run `kubectl flare site add` for them; not all pods were looked at",
		}},
	} {
		t.Run(name, func(t *testing.T) {
			o := healthy(t, tc.change)
			tc.observed(o)
			var s v1alpha1.SitePolicyStatus
			o.apply(&s, 7)
			require.EqualValues(t, 7, s.ObservedGeneration)
			for kind, want := range tc.want {
				c := meta.FindStatusCondition(s.Conditions, kind)
				require.NotNil(t, c)
				require.Equal(t, want, fmt.Sprintf("%s %s: %s", c.Status, c.Reason, c.Message))
				require.EqualValues(t, 7, c.ObservedGeneration)
			}
			// What is the same is not written again, whatever the time.
			again := *s.DeepCopy()
			o.now = o.now.Add(time.Second)
			o.apply(&again, 7)
			require.Equal(t, s, again)
		})
	}
}

// Lists are bounded, and counts are not.
func TestLists(t *testing.T) {
	o := healthy(t, nil)
	for i := range 100 {
		o.namespaces = append(o.namespaces, fmt.Sprint("ns-", i))
		o.kits.kits = append(o.kits.kits, expires(fmt.Sprint("k", i), time.Duration(100-i)*time.Hour))
	}
	var s v1alpha1.SitePolicyStatus
	o.apply(&s, 1)
	require.EqualValues(t, 102, s.GovernedNamespaces.Count)
	require.Len(t, s.GovernedNamespaces.Names, v1alpha1.MaxListed)
	require.EqualValues(t, 100, s.ExpiringKits.Count)
	require.Len(t, s.ExpiringKits.Items, v1alpha1.MaxListed)
	require.Equal(t, "k99", s.ExpiringKits.Items[0].Participant, "the first to expire")
}

// A condition keeps the time of its last change.
func TestTransitions(t *testing.T) {
	o := healthy(t, nil)
	var s v1alpha1.SitePolicyStatus
	o.apply(&s, 1)
	o.now = o.now.Add(time.Hour)
	o.namespaces = nil
	o.apply(&s, 2)
	require.Equal(t, metav1.NewTime(policiestest.Now), meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionAccepted).LastTransitionTime)
	require.Equal(t, metav1.NewTime(o.now), meta.FindStatusCondition(s.Conditions, v1alpha1.ConditionEnforced).LastTransitionTime)
}
