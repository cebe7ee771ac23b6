package mutation

import (
	corev1 "k8s.io/api/core/v1"
)

// harden sets the fields that the Pod Security Standard "restricted" requires, and a
// read-only root file system. It does not change fields that the author has set;
// validation evaluates those.
func (m *mutation) harden() {
	if m.pod.Spec.SecurityContext == nil {
		m.pod.Spec.SecurityContext = &corev1.PodSecurityContext{}
	}
	s := m.pod.Spec.SecurityContext
	fill(&s.RunAsNonRoot, true)
	if m.policy.PodSecurity.RunAsUser != nil {
		fill(&s.RunAsUser, *m.policy.PodSecurity.RunAsUser)
	}
	if m.policy.PodSecurity.FSGroup != nil {
		fill(&s.FSGroup, *m.policy.PodSecurity.FSGroup)
	}
	fill(&s.SeccompProfile, corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault})
	m.each(hardenContainer)
}

func hardenContainer(c *corev1.Container) {
	if c.SecurityContext == nil {
		c.SecurityContext = &corev1.SecurityContext{}
	}
	fill(&c.SecurityContext.AllowPrivilegeEscalation, false)
	fill(&c.SecurityContext.ReadOnlyRootFilesystem, true)
	fill(&c.SecurityContext.Capabilities, corev1.Capabilities{Drop: []corev1.Capability{"ALL"}})
}

func fill[T any](field **T, value T) {
	if *field == nil {
		*field = &value
	}
}
