package mutation

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// images puts digests where the pod has a tag that the policy names.
func (m *mutation) images() {
	m.each(func(c *corev1.Container) {
		if image, ok := checks.ResolveImage(c.Image, m.policy.Images.Allowed); ok {
			c.Image = image
		}
	})
}
