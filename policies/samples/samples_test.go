package samples_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/samples"
)

// Every sample is valid, and has the name of its folder. The script samples.txtar runs
// their tests.
func TestSamples(t *testing.T) {
	require.Equal(t, []string{"confidential", "evaluation", "nvflare-hospital", "nvflare-server", "scientist", "two-frameworks"}, samples.Names())
	for _, name := range samples.Names() {
		policy, err := samples.Read(name)
		require.NoError(t, err)
		require.Equal(t, name, policy.Name)
		_, errs := policies.Compile(policy, policiestest.Catalog(t))
		require.NoError(t, errs.ToAggregate(), name)
		again, err := samples.Read(name)
		require.NoError(t, err)
		require.NotSame(t, policy, again)
	}
	_, err := samples.Read("../samples/evaluation")
	require.ErrorContains(t, err, "use one of confidential, evaluation")
}
