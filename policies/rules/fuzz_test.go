package rules_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/rules"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// FuzzCompile compiles any text, and evaluates it if it is a rule: nothing panics, and an
// expression that is an error has its field and fits on a line.
func FuzzCompile(f *testing.F) {
	for _, seed := range []string{
		"true", nested, "object.spec.containers.map(c, c.image).all(i, i.matches('[a-z]+'))", "settings['a'] == dyn(1)", "oldObject == object", "kit.serial > 1",
		"object.spec.?x.orValue(1) == 1", "quantity('1Gi').isLessThan(quantity('x'))", "cel.bind(a, 1, a == 1)", "[1, 2].exists_one(x, x == 1)", "((((", "\"\\x00\" == b'\\377'", "policy == policy",
	} {
		f.Add(seed)
	}
	compiler, policy := rules.NewCompiler(), policiestest.Policy(f)
	in := input(f)
	in.OldObject, in.Settings = policiestest.OtherPod(f), map[string]any{"a": int64(1), "b": []any{"c", 0.5}}
	f.Fuzz(func(t *testing.T, expression string) {
		policy := policy.DeepCopy()
		policy.Spec.Rules = []v1alpha1.CELRule{{Name: "a", Expression: expression}}
		if len(v1alpha1.Validate(policy)) > 0 {
			return
		}
		set, errs := compiler.Compile(policy)
		if len(errs) > 0 {
			require.Equal(t, "spec.rules[0].expression", errs[0].Field)
			require.NotEmpty(t, errs[0].Detail)
			return
		}
		require.LessOrEqual(t, len(set.Evaluate(in)), 1)
	})
}
