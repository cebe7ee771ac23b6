package mutation

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// limits sets the missing limits of a container to the policy's maximum, minus the limits
// of the pod's other containers. Only the container of the process gets them. A missing
// request is set to zero: otherwise the API server would set it to the limit, and no node
// might have room for the pod.
func (m *mutation) limits(c *corev1.Container) {
	for name, most := range m.policy.Resources.Max {
		if checks.IsDevice(name) || m.limited(c, name) {
			continue
		}
		left := m.left(name, most, c)
		if left.Sign() < 0 {
			continue
		}
		if c.Resources.Limits == nil {
			c.Resources.Limits = corev1.ResourceList{}
		}
		c.Resources.Limits[name] = left
		if _, ok := c.Resources.Requests[name]; ok {
			continue
		}
		if c.Resources.Requests == nil {
			c.Resources.Requests = corev1.ResourceList{}
		}
		c.Resources.Requests[name] = resource.Quantity{}
	}
}

// left is the maximum minus the limits of the other containers.
func (m *mutation) left(name corev1.ResourceName, most resource.Quantity, c *corev1.Container) resource.Quantity {
	left := most.DeepCopy()
	for i := range m.pod.Spec.Containers {
		if other := &m.pod.Spec.Containers[i]; other != c {
			left.Sub(other.Resources.Limits[name])
		}
	}
	return left
}

func (m *mutation) limited(c *corev1.Container, name corev1.ResourceName) bool {
	if m.pod.Spec.Resources != nil {
		if _, ok := m.pod.Spec.Resources.Limits[name]; ok {
			return true
		}
	}
	_, ok := c.Resources.Limits[name]
	return ok
}
