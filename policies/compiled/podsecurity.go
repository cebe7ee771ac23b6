package compiled

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation/field"
	psapi "k8s.io/pod-security-admission/api"
	psa "k8s.io/pod-security-admission/policy"
)

func (p *Policy) addPodSecurity() field.ErrorList {
	rule, at := &p.source.Spec.PodSecurity, field.NewPath("spec", "podSecurity")
	var errs field.ErrorList
	level, err := psapi.ParseLevel(string(rule.Level))
	if err != nil {
		errs = append(errs, field.Invalid(at.Child("level"), rule.Level, err.Error()))
	}
	version, err := psapi.ParseVersion(rule.Version)
	if err != nil {
		errs = append(errs, field.Invalid(at.Child("version"), rule.Version, err.Error()))
	}
	if p.podSecurity, err = standards(psapi.LevelVersion{Level: level, Version: version}); err != nil {
		errs = append(errs, field.InternalError(at, err))
	}
	return errs
}

// standards are the checks of the Pod Security Standards at a level. The evaluator of
// Kubernetes chooses them: it gets checks that only note which one they stand for. It would
// make a list of the results of all checks for each pod; a policy needs those that fail.
func standards(level psapi.LevelVersion) ([]psa.CheckPodFn, error) {
	var chosen []psa.CheckPodFn
	all := psa.DefaultChecks()
	for i := range all {
		all[i].Versions = slices.Clone(all[i].Versions)
		for j := range all[i].Versions {
			check := all[i].Versions[j].CheckPod
			all[i].Versions[j].CheckPod = func(*metav1.ObjectMeta, *corev1.PodSpec) psa.CheckResult {
				chosen = append(chosen, check)
				return psa.CheckResult{Allowed: true}
			}
		}
	}
	evaluator, err := psa.NewEvaluator(all, nil)
	if err != nil {
		return nil, err
	}
	evaluator.EvaluatePod(level, &metav1.ObjectMeta{}, &corev1.PodSpec{})
	return chosen, nil
}

// PodSecurity returns why the Pod Security Standards forbid a pod at the policy's level.
func (p *Policy) PodSecurity(meta *metav1.ObjectMeta, spec *corev1.PodSpec) []psa.CheckResult {
	var forbidden []psa.CheckResult
	for _, check := range p.podSecurity {
		if r := check(meta, spec); !r.Allowed {
			forbidden = append(forbidden, r)
		}
	}
	return forbidden
}
