package battery_test

import (
	"slices"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/test/battery"
)

// TestCases makes the cases once for all tests that take them.
func TestCases(t *testing.T) {
	cases := battery.Cases(t)
	for name, test := range map[string]func(*testing.T, []*battery.Case){
		"evaluator": testEvaluator, "HTTPS": testHTTPS, "every check matters": testEveryCheckMatters,
		"mutation is asked": testMutationIsAsked, "what is not asked about is allowed": testUnaskedIsAllowed,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			test(t, cases)
		})
	}
}

func testEvaluator(t *testing.T, cases []*battery.Case) {
	t.Helper()
	battery.Run(t, battery.Options{Cases: cases, Submit: battery.Evaluator})
}

// Both endpoints must agree to the letter.
func testHTTPS(t *testing.T, cases []*battery.Case) {
	t.Helper()
	battery.Run(t, battery.Options{Cases: cases, Submit: battery.HTTPS, Like: battery.Evaluator})
}

// The battery notices each check that is taken away.
func testEveryCheckMatters(t *testing.T, cases []*battery.Case) {
	t.Helper()
	for i, check := range checks.All() {
		t.Run(check.ID, func(t *testing.T) {
			submit := battery.EvaluatorWith(without(t, i))
			noticed := func(c *battery.Case) bool { return len(c.Problems(submit(t.Context(), t, c))) > 0 }
			require.True(t, slices.ContainsFunc(cases, noticed), "no case fails without the check")
		})
	}
}

// without is the catalog of this version without one check.
func without(t *testing.T, index int) *policies.Catalog {
	t.Helper()
	known, err := policies.DefaultProfiles()
	require.NoError(t, err)
	rest, err := checks.NewRegistry(slices.Delete(checks.All(), index, index+1)...)
	require.NoError(t, err)
	catalog, err := policies.NewCatalog(known, frameworks.Default(), rest)
	require.NoError(t, err)
	return catalog
}
