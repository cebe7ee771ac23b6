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

// arguments are JSON, as the API server would hand them on.
func arguments(r *runtime.RawExtension, c randfill.Continue) {
	r.Raw = []byte(fmt.Sprintf(`{"max":%d}`, c.Intn(100)))
}

// random makes policies that nobody wrote.
func random(seed int64) *v1alpha1.SitePolicy {
	p := &v1alpha1.SitePolicy{}
	randfill.NewWithSeed(seed).NilChance(0.3).NumElements(0, 4).MaxDepth(12).Funcs(arguments).Fill(&p.Spec)
	p.Name = "random"
	return p
}

// Whatever stands in a policy, nothing panics, nothing is changed that is only looked
// at, and defaults settle.
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

// A copy shares nothing with the original: every list and map is one's own.
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

// What is written is what is read.
func TestRoundTrip(t *testing.T) {
	p := policiestest.Policy(t)
	p.Spec.Frameworks = []v1alpha1.FrameworkRule{{Name: "nvflare", Versions: ">=2.8"}}
	text, err := yaml.Marshal(p)
	require.NoError(t, err)
	q := &v1alpha1.SitePolicy{}
	require.NoError(t, yaml.UnmarshalStrict(text, q))
	require.Empty(t, cmp.Diff(p, q))
	require.Error(t, yaml.UnmarshalStrict(append(text, "\nspecs: {}\n"...), &v1alpha1.SitePolicy{}), "a misspelt field is no rule")
}
