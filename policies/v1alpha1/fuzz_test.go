package v1alpha1_test

import (
	"encoding/json"
	"fmt"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/randfill"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// arguments makes JSON, as the API server would pass it.
func arguments(r *runtime.RawExtension, c randfill.Continue) {
	r.Raw = []byte(fmt.Sprintf(`{"max":%d}`, c.Intn(100)))
}

// random makes a policy with random fields.
func random(seed int64) *v1alpha1.SitePolicy {
	p := &v1alpha1.SitePolicy{}
	randfill.NewWithSeed(seed).NilChance(0.3).NumElements(0, 4).MaxDepth(12).Funcs(arguments).Fill(&p.Spec)
	p.Name = "random"
	return p
}

// With any policy, nothing panics, Validate changes nothing, and setting defaults
// twice is the same as once.
func TestRandomPolicies(t *testing.T) {
	for seed := range int64(300) {
		p := random(seed)
		before := p.DeepCopy()
		require.NotEmpty(t, v1alpha1.Validate(p), seed)
		require.Empty(t, cmp.Diff(before, p), seed)
		v1alpha1.SetDefaults(p)
		once := p.DeepCopy()
		v1alpha1.SetDefaults(p)
		require.Empty(t, cmp.Diff(once, p), seed)
	}
}

// A copy shares no list or map with the original.
func TestCopiesAreDeep(t *testing.T) {
	for seed := range int64(100) {
		p := random(seed)
		text, err := json.Marshal(p)
		require.NoError(t, err)
		c := p.DeepCopy()
		require.Empty(t, cmp.Diff(p, c), seed)
		randfill.NewWithSeed(seed + 1).NilChance(0).Fill(&c.Spec.Kits)
		for i := range c.Spec.Data {
			c.Spec.Data[i].ClaimName += "x"
			for j := range c.Spec.Data[i].Roles {
				c.Spec.Data[i].Roles[j] += "x"
			}
		}
		for i := range c.Spec.Frameworks {
			c.Spec.Frameworks[i].Versions += "x"
		}
		for i := range c.Spec.Participants {
			c.Spec.Participants[i] += "x"
		}
		clear(c.Spec.Resources.Max)
		again, err := json.Marshal(p)
		require.NoError(t, err)
		require.JSONEq(t, string(text), string(again), seed)
	}
}

// A policy that is written and read again is unchanged.
func TestRoundTrip(t *testing.T) {
	p := policiestest.Policy(t)
	p.Spec.Frameworks = []v1alpha1.FrameworkRule{{Name: "nvflare", Versions: ">=2.8"}}
	text, err := yaml.Marshal(p)
	require.NoError(t, err)
	q := &v1alpha1.SitePolicy{}
	require.NoError(t, yaml.UnmarshalStrict(text, q))
	require.Empty(t, cmp.Diff(p, q))
	require.Error(t, yaml.UnmarshalStrict(append(text, "\nspecs: {}\n"...), &v1alpha1.SitePolicy{}), "a misspelt field must be rejected")
}
