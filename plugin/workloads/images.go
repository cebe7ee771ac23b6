package workloads

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
)

// CheckImages is an error if an image was given for a container that the participant does
// not have: the image would have no effect.
func (s *Set) CheckImages(images map[string]string) error {
	containers := s.containers()
	for _, name := range slices.Sorted(maps.Keys(images)) {
		if !slices.Contains(containers, name) {
			return fmt.Errorf("there is an image for the container %q, but the participant's containers are %s", name, strings.Join(containers, ", "))
		}
	}
	return nil
}

// containers are the names of the containers of all workloads, sorted.
func (s *Set) containers() []string {
	var all []string
	for _, object := range s.Objects() {
		for _, c := range podSpec(object).Containers {
			all = append(all, c.Name)
		}
	}
	slices.Sort(all)
	return slices.Compact(all)
}

// podSpec is that of the pods of a workload, or an empty one for other objects.
func podSpec(object Object) corev1.PodSpec {
	switch o := object.(type) {
	case *appsv1.Deployment:
		return o.Spec.Template.Spec
	case *batchv1.CronJob:
		return o.Spec.JobTemplate.Spec.Template.Spec
	}
	return corev1.PodSpec{}
}
