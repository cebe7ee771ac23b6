package mutation

import (
	corev1 "k8s.io/api/core/v1"
)

// images replaces tags that the policy has with their digests.
func (m *mutation) images() {
	m.each(func(c *corev1.Container) {
		if image, ok := m.site.Images.Resolve(c.Image); ok {
			c.Image = image
		}
	})
}
