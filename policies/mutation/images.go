package mutation

import (
	corev1 "k8s.io/api/core/v1"
)

// images puts digests where the pod has a tag that the policy names.
func (m *mutation) images() {
	m.each(func(c *corev1.Container) {
		if image, ok := m.site.Images.Resolve(c.Image); ok {
			c.Image = image
		}
	})
}
