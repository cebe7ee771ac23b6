package policies

import (
	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/validation/field"
)

// Extract makes the pod of a workload's template, and returns the path of the
// template. ok is false for every other object, also for a pod.
func Extract(obj runtime.Object) (pod *corev1.Pod, path *field.Path, ok bool) {
	template, path := templateOf(obj)
	if template == nil {
		return nil, nil, false
	}
	return &corev1.Pod{ObjectMeta: template.ObjectMeta, Spec: template.Spec}, path, true
}

func templateOf(obj runtime.Object) (*corev1.PodTemplateSpec, *field.Path) {
	usual := field.NewPath("spec", "template")
	switch o := obj.(type) {
	case *corev1.PodTemplate:
		return &o.Template, field.NewPath("template")
	case *corev1.ReplicationController:
		return o.Spec.Template, usual
	case *appsv1.ReplicaSet:
		return &o.Spec.Template, usual
	case *appsv1.Deployment:
		return &o.Spec.Template, usual
	case *appsv1.StatefulSet:
		return &o.Spec.Template, usual
	case *appsv1.DaemonSet:
		return &o.Spec.Template, usual
	case *batchv1.Job:
		return &o.Spec.Template, usual
	case *batchv1.CronJob:
		return &o.Spec.JobTemplate.Spec.Template, field.NewPath("spec", "jobTemplate", "spec", "template")
	}
	return nil, nil
}
