package labelvalue_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/policies/labelvalue"
)

func TestOf(t *testing.T) {
	for _, name := range []string{"site-1", "Site_2", "lead@hospital-a.org", "-x-", "a b", "ü"} {
		value := labelvalue.Of(name)
		require.NotEmpty(t, value, name)
		require.Empty(t, validation.IsValidLabelValue(value), name)
	}
	require.Equal(t, "Site_2", labelvalue.Of("Site_2"), "a valid value is changed")
}
