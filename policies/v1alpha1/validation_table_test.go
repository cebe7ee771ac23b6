package v1alpha1_test

import (
	"strings"
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// row is a change of a valid policy and the errors that it must cause, in the order
// of the fields; none means that the policy stays valid.
type row struct {
	change func(*spec)
	want   []string
}

// validate requires exactly the errors of each row, and that Validate changes nothing.
func validate(t *testing.T, rows map[string]row) {
	t.Helper()
	for name, tc := range rows {
		t.Run(name, func(t *testing.T) {
			policy := policiestest.Policy(t)
			tc.change(&policy.Spec)
			before := policy.DeepCopy()
			errs := v1alpha1.Validate(policy)
			require.Equal(t, before, policy)
			require.Len(t, errs, len(tc.want), "%v", errs)
			for i, want := range tc.want {
				require.Contains(t, errs[i].Error(), want)
			}
		})
	}
}

// names makes n different names.
func names(n int) []string {
	all := make([]string, 0, n)
	for i := range n {
		all = append(all, "site-"+strings.Repeat("x", i%50)+string(rune('a'+i%26))+strings.Repeat("y", i/26))
	}
	return all
}
