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
// Fields: those of the Pod Security Standards; of participants also
// securityContext.readOnlyRootFilesystem of every container.
func podSecurity(p *Pod) []Result {
	rule := &p.Policy.PodSecurity
	level, err := levelVersion(rule)
	evaluator, broken := standards()
	if err != nil || broken != nil {
		return []Result{p.fail(IDPodSecurity, "securityContext", "pod security cannot be judged", "correct spec.podSecurity of the policy", "%s, %s", quote(string(rule.Level)), quote(rule.Version))}
	}
	results := p.writableRoots()
	for _, r := range evaluator.EvaluatePod(level, p.Meta, p.Spec) {
		if !r.Allowed {
			results = append(results, p.fail(IDPodSecurity, "securityContext", "pod security "+string(rule.Level)+": "+r.ForbiddenReason,
				"set what the Pod Security Standard demands", "%s", oneLine(r.ForbiddenDetail)))
		}
	}
	return results
}

// writableRoots demands what mutation adds beyond the standards: a program that
// could be written to would run other code after a restart.
func (p *Pod) writableRoots() []Result {
	if !Verified.binds(p) {
		return nil
	}
	var results []Result
	for c := range Containers(p.Spec) {
		if c.List == listEphemeral {
			continue // containers refuses them, and whoever breaks the glass needs one
		}
		if s := c.SecurityContext; s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
			results = append(results, p.failIn(c, IDPodSecurity, "securityContext.readOnlyRootFilesystem", "a root file system that can be written",
				"set readOnlyRootFilesystem: true and mount an emptyDir at /tmp", "what the image's programs are could change"))
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
