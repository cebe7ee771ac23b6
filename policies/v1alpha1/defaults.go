package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
)

// SetDefaults sets the same defaults as the API server takes from the CRD, for
// policies that come from a file.
func SetDefaults(p *SitePolicy) {
	s := &p.Spec
	set(&s.Enforcement, Enforce)
	set(&s.Kits.Signature, SignatureSeal)
	set(&s.Workspace.ClaimName, "{participant}-workspace")
	set(&s.Workspace.MountPath, "/workspace")
	set(&s.PodSecurity.Level, "restricted")
	set(&s.PodSecurity.Version, "latest")
	set(&s.OtherPods, OtherPodsIsolated)
	for i := range s.Data {
		if s.Data[i].ReadOnly == nil {
			s.Data[i].ReadOnly = new(true)
		}
	}
	if s.Placement != nil {
		for i := range s.Placement.Tolerations {
			set(&s.Placement.Tolerations[i].Operator, corev1.TolerationOpEqual)
		}
	}
}

func set[T ~string](field *T, value T) {
	if *field == "" {
		*field = value
	}
}

// MustBeReadOnly returns readOnly or its default.
func (r *DataRule) MustBeReadOnly() bool { return r.ReadOnly == nil || *r.ReadOnly }
