package policies_test

import (
	"slices"
	"testing"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

// What Explain finds wrong is what Evaluate refuses for, no more and no less.
func TestExplainAgreesWithEvaluate(t *testing.T) {
	policy := policiestest.Policy(t)
	f := policiestest.Facts(policy)
	pod := policiestest.OtherPod(t)
	good := create(pod, "alice")
	bad := good
	broken := pod.DeepCopy()
	broken.Spec.HostNetwork = true
	bad.Object = broken
	launched := create(policiestest.LaunchPod(t, "client"), controller) // not mutated: refused
	for name, a := range map[string]policies.Attributes{"good": good, "bad": bad, "launched": launched} {
		_, findings := policies.Explain(a, policy, f)
		all := checks.All()
		if len(findings) != len(all[:]) {
			t.Errorf("%s: %d findings of %d checks", name, len(findings), len(all[:]))
		}
		var results []checks.Result
		for _, finding := range findings {
			results = append(results, finding.Results...)
			if !finding.Applies && len(finding.Results) > 0 {
				t.Errorf("%s: %s does not apply, and fails", name, finding.ID)
			}
		}
		if want := policies.Evaluate(a, policy, f).Results; !slices.Equal(results, want) {
			t.Errorf("%s: %v, want %v", name, results, want)
		}
	}
	if _, findings := policies.Explain(good, nil, f); findings != nil {
		t.Error("there is no policy to explain")
	}
}

func TestAllowedImage(t *testing.T) {
	allowed := policiestest.Policy(t).Spec.Images.Allowed
	for image, want := range map[string]int{
		allowed[1].Repository + "@" + allowed[1].Digest: 1,
		allowed[0].Repository + ":2.9.0":                0,
		allowed[0].Repository + ":2.8.0":                -1,
		"Not An Image":                                  -1,
	} {
		if got := checks.AllowedImage(image, allowed); got != want {
			t.Errorf("%s: entry %d, want %d", image, got, want)
		}
	}
}
