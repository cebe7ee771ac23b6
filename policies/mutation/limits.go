package mutation

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// limits gives a container without a limit the policy's maximum. The request
// stays what it was: without one, the API server would take the limit for it and
// the pod would find no node.
func (m *mutation) limits() {
	c := m.main()
	for name, most := range m.policy.Resources.Max {
		if checks.IsDevice(name) || m.limited(name) {
			continue
		}
		if c.Resources.Limits == nil {
			c.Resources.Limits = corev1.ResourceList{}
		}
		c.Resources.Limits[name] = most.DeepCopy()
		if _, ok := c.Resources.Requests[name]; ok {
			continue
		}
		if c.Resources.Requests == nil {
			c.Resources.Requests = corev1.ResourceList{}
		}
		c.Resources.Requests[name] = resource.Quantity{}
	}
}

func (m *mutation) limited(name corev1.ResourceName) bool {
	if m.pod.Spec.Resources != nil {
		if _, ok := m.pod.Spec.Resources.Limits[name]; ok {
			return true
		}
	}
	_, ok := m.main().Resources.Limits[name]
	return ok
}
