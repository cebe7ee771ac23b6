package rules_test

import (
	"os"
	"testing"

	"github.com/stretchr/testify/require"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/rules"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// load reads cases of testdata.
func load[T any](t *testing.T, name string) []T {
	t.Helper()
	data, err := os.ReadFile("testdata/" + name)
	require.NoError(t, err)
	var cases []T
	require.NoError(t, yaml.UnmarshalStrict(data, &cases))
	require.NotEmpty(t, cases)
	return cases
}

// withRules is a valid policy with rules.
func withRules(t testing.TB, expressions ...string) *v1alpha1.SitePolicy {
	t.Helper()
	policy := policiestest.Policy(t)
	for i, expression := range expressions {
		policy.Spec.Rules = append(policy.Spec.Rules, v1alpha1.CELRule{Name: "rule-" + string(rune('a'+i)), Expression: expression, Message: "a message"})
	}
	return policy
}

func TestCompile(t *testing.T) {
	compiler := rules.NewCompiler()
	for _, c := range load[struct{ Name, Expression, Want string }](t, "compile.yaml") {
		t.Run(c.Name, func(t *testing.T) {
			set, errs := compiler.Compile(withRules(t, c.Expression))
			if c.Want == "" {
				require.NoError(t, errs.ToAggregate())
				require.Equal(t, 1, set.Len())
				return
			}
			require.Nil(t, set)
			require.Len(t, errs, 1)
			require.Equal(t, "spec.rules[0].expression", errs[0].Field)
			require.Regexp(t, c.Want, errs[0].Detail)
			require.NotContains(t, errs[0].Detail, "\n")
		})
	}
}

// All rules are compiled, and a Set is made only if all are valid.
func TestCompileAll(t *testing.T) {
	compiler := rules.NewCompiler()
	_, errs := compiler.Compile(withRules(t, "x", "true", "y"))
	require.Len(t, errs, 2)
	require.Equal(t, "spec.rules[2].expression", errs[1].Field)
	set, errs := compiler.Compile(withRules(t))
	require.Empty(t, errs)
	require.Nil(t, set)
	require.Zero(t, set.Len())
	require.Empty(t, set.Evaluate(&rules.Input{}))
}
