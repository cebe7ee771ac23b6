package policies_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

// Explain has exactly the results for which Evaluate denies.
func TestExplainAgreesWithEvaluate(t *testing.T) {
	policy := policiestest.Policy(t)
	f, site := policiestest.Facts(policy), policiestest.Compile(t, policy)
	pod := policiestest.OtherPod(t)
	good := create(pod, "alice")
	bad := good
	broken := pod.DeepCopy()
	broken.Spec.HostNetwork = true
	bad.Object = broken
	launched := create(policiestest.LaunchPod(t, "client"), controller) // not mutated: denied
	for name, r := range map[string]policies.Review{"allowed": good, "denied": bad, "launched": launched} {
		_, findings := site.Explain(r, f)
		require.Len(t, findings, len(checks.All()), name)
		var results []checks.Result
		for _, finding := range findings {
			results = append(results, finding.Results...)
			require.True(t, finding.Applies || len(finding.Results) == 0, "%s: %s does not apply, and fails", name, finding.ID)
		}
		require.Equal(t, site.Evaluate(r, f).Results, results, name)
	}
	_, findings := (*policies.Policy)(nil).Explain(good, f)
	require.Nil(t, findings, "there is no policy to explain")
}
