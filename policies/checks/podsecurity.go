package checks

import (
	"sync"

	psapi "k8s.io/pod-security-admission/api"
	psa "k8s.io/pod-security-admission/policy"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// podSecurity is the cluster's own judge of pods, at the policy's level: a
// namespace without its label is served too.
//
// Fields: those of the Pod Security Standards.
func podSecurity(p *Pod) []Result {
	rule := &p.Policy.PodSecurity
	level, err := levelVersion(rule)
	evaluator, broken := standards()
	if err != nil || broken != nil {
		return []Result{p.fail(IDPodSecurity, "securityContext", "pod security cannot be judged", "correct spec.podSecurity of the policy", "%s, %s", quote(string(rule.Level)), quote(rule.Version))}
	}
	var results []Result
	for _, r := range evaluator.EvaluatePod(level, p.Meta, p.Spec) {
		if !r.Allowed {
			results = append(results, p.fail(IDPodSecurity, "securityContext", "pod security "+string(rule.Level)+": "+r.ForbiddenReason,
				"set what the Pod Security Standard demands", "%s", oneLine(r.ForbiddenDetail)))
		}
	}
	return results
}

func levelVersion(rule *v1alpha1.PodSecurityRule) (psapi.LevelVersion, error) {
	level, err := psapi.ParseLevel(string(rule.Level))
	if err != nil {
		return psapi.LevelVersion{}, err
	}
	version, err := psapi.ParseVersion(rule.Version)
	return psapi.LevelVersion{Level: level, Version: version}, err
}

// standards are the tables of the Pod Security Standards: constant, but slow to
// make.
var standards = sync.OnceValues(func() (psa.Evaluator, error) { return psa.NewEvaluator(psa.DefaultChecks(), nil) })
