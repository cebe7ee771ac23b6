package mutation

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// limits sets missing limits, so that the pod's limits are the policy's maximum together: the
// containers without a limit share equally what those of the others leave. A missing request
// is set to zero: otherwise the API server would set it to the limit, and no node might have
// room for the pod.
func (m *mutation) limits() {
	for name, most := range m.policy.Resources.Max {
		if checks.IsDevice(name) || m.podLimited(name) {
			continue
		}
		left, unlimited := m.left(name, most)
		if len(unlimited) == 0 || left.Sign() < 0 {
			continue
		}
		share := shareOf(name, left, len(unlimited))
		for _, c := range unlimited {
			limit(c, name, share)
		}
	}
}

// left is the maximum minus the limits of the containers that have one, and the others.
func (m *mutation) left(name corev1.ResourceName, most resource.Quantity) (left resource.Quantity, unlimited []*corev1.Container) {
	left = most.DeepCopy()
	for i := range m.pod.Spec.Containers {
		c := &m.pod.Spec.Containers[i]
		if has, ok := c.Resources.Limits[name]; ok {
			left.Sub(has)
		} else {
			unlimited = append(unlimited, c)
		}
	}
	return left, unlimited
}

// shareOf is the n-th part of an amount, in thousandths of CPUs and whole bytes.
func shareOf(name corev1.ResourceName, all resource.Quantity, n int) resource.Quantity {
	switch {
	case n == 1:
		return all
	case name == corev1.ResourceCPU:
		return *resource.NewMilliQuantity(all.MilliValue()/int64(n), all.Format)
	}
	return *resource.NewQuantity(all.Value()/int64(n), all.Format)
}

func limit(c *corev1.Container, name corev1.ResourceName, most resource.Quantity) {
	if c.Resources.Limits == nil {
		c.Resources.Limits = corev1.ResourceList{}
	}
	c.Resources.Limits[name] = most
	if _, ok := c.Resources.Requests[name]; ok {
		return
	}
	if c.Resources.Requests == nil {
		c.Resources.Requests = corev1.ResourceList{}
	}
	c.Resources.Requests[name] = resource.Quantity{}
}

func (m *mutation) podLimited(name corev1.ResourceName) bool {
	if m.pod.Spec.Resources == nil {
		return false
	}
	_, ok := m.pod.Spec.Resources.Limits[name]
	return ok
}
