package profiles

import corev1 "k8s.io/api/core/v1"

// Predecessor is the capability of a Profile that knows an older form of its framework, whose
// processes have no kits.
type Predecessor interface {
	// Older says what is missing in such a process, in words that follow its name, and is ""
	// for every other container.
	Older(c *corev1.Container) string
}

// Older asks all profiles.
func (r *Registry) Older(c *corev1.Container) string {
	for _, p := range r.profiles {
		if one, ok := p.(Predecessor); ok {
			if missing := one.Older(c); missing != "" {
				return missing
			}
		}
	}
	return ""
}
