package checks

import (
	"iter"
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// Container is one container of a pod with its place in the pod.
type Container struct {
	*corev1.Container
	// List is the field: containers, initContainers or ephemeralContainers.
	List  string
	Index int
}

// The fields with containers.
const (
	listInit      = "initContainers"
	listOrdinary  = "containers"
	listEphemeral = "ephemeralContainers"
)

// Field is the path of the container below the pod's spec.
func (c Container) Field() string { return indexed(c.List, c.Index) }

// Containers visits init, ordinary and ephemeral containers. Use it for every loop over
// containers: the API server once missed the last kind (CVE-2023-2727).
func Containers(spec *corev1.PodSpec) iter.Seq[Container] {
	return func(yield func(Container) bool) {
		for i := range spec.InitContainers {
			if !yield(Container{&spec.InitContainers[i], listInit, i}) {
				return
			}
		}
		for i := range spec.Containers {
			if !yield(Container{&spec.Containers[i], listOrdinary, i}) {
				return
			}
		}
		for i := range spec.EphemeralContainers {
			// The two types have the same fields, and Kubernetes converts them too.
			c := (*corev1.Container)(&spec.EphemeralContainers[i].EphemeralContainerCommon)
			if !yield(Container{c, listEphemeral, i}) {
				return
			}
		}
	}
}

func indexed(field string, index int) string {
	return field + "[" + strconv.Itoa(index) + "]"
}
