package compiled

import (
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
	p.podSecurity = psapi.LevelVersion{Level: level, Version: version}
	return errs
}

// PodSecurity evaluates a pod against the policy's level of the Pod Security Standards.
func (p *Policy) PodSecurity(meta *metav1.ObjectMeta, spec *corev1.PodSpec) []psa.CheckResult {
	return p.standards.EvaluatePod(p.podSecurity, meta, spec)
}
