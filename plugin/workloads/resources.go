package workloads

import (
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Resources is what a person says about a container's size. A zero quantity
// means "not said".
type Resources struct {
	CPU    resource.Quantity
	Memory resource.Quantity
}

// defaultCPU and defaultMemory let a parent process start; they are requests
// only, since nobody said what the training may take at most.
const (
	defaultCPU    = "100m"
	defaultMemory = "256Mi"
)

// Requirements turns what was said into requests, and into equal limits where
// something was said: so a namespace with a quota on limits is served too.
func (r Resources) Requirements() corev1.ResourceRequirements {
	out := corev1.ResourceRequirements{Requests: corev1.ResourceList{
		corev1.ResourceCPU:    resource.MustParse(defaultCPU),
		corev1.ResourceMemory: resource.MustParse(defaultMemory),
	}}
	limits := corev1.ResourceList{}
	for name, q := range map[corev1.ResourceName]resource.Quantity{
		corev1.ResourceCPU: r.CPU, corev1.ResourceMemory: r.Memory,
	} {
		if !q.IsZero() {
			out.Requests[name], limits[name] = q, q
		}
	}
	if len(limits) > 0 {
		out.Limits = limits
	}
	return out
}
