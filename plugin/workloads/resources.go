package workloads

import (
	"maps"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/resource"
)

// Resources are what the user gave for the container in which jobs run. A zero quantity means
// that none was given.
type Resources struct {
	// CPU and Memory are requests and limits.
	CPU    resource.Quantity `json:"cpu,omitzero"`
	Memory resource.Quantity `json:"memory,omitzero"`
	// Devices are such as amd.com/gpu.
	Devices corev1.ResourceList `json:"devices,omitempty"`
}

// defaultCPU and defaultMemory let a parent process start. They are only requests, because
// the needs of the training are unknown.
const (
	defaultCPU    = "100m"
	defaultMemory = "256Mi"
)

// Requirements makes requests, and equal limits for what was given, so that the pods also
// run in a namespace with a quota on limits.
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
	maps.Copy(limits, r.Devices)
	if len(limits) > 0 {
		out.Limits = limits
	}
	return out
}
