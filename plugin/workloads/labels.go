package workloads

import (
	"maps"
	"strings"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/labelvalue"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Labels are the labels of every object of the kit's participant.
func Labels(k *kit.Kit) map[string]string {
	return map[string]string{
		names.LabelFederation:   labelvalue.Of(k.Federation),
		names.LabelParticipant:  labelvalue.Of(k.Participant),
		names.LabelRole:         string(k.Role),
		names.LabelFramework:    k.Framework,
		names.LabelAppName:      k.Framework,
		names.LabelAppInstance:  kit.ObjectName(k.Participant),
		names.LabelAppComponent: string(k.Role),
		names.LabelAppPartOf:    labelvalue.Of(k.Federation),
		names.LabelManagedBy:    names.ManagedBy,
	}
}

// Annotations are the annotations of every object of the kit's participant.
func Annotations(k *kit.Kit) map[string]string {
	all := map[string]string{
		names.AnnotationParticipant: k.Participant,
		names.AnnotationFederation:  k.Federation,
		names.AnnotationOrg:         k.Org,
		names.AnnotationKitDigest:   k.Digest(),
	}
	if k.Certificate != nil {
		all[names.AnnotationNotAfter] = k.Certificate.NotAfter.UTC().Format(time.RFC3339)
	}
	if v := k.Volume; v != nil {
		all[names.AnnotationKitVolume] = v.ClaimName + "/" + v.SubPath
	}
	return all
}

// Meta is the metadata of an object of the kit's participant.
func Meta(namespace, name string, k *kit.Kit) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: namespace, Name: name,
		Labels: Labels(k), Annotations: Annotations(k),
	}
}

// Component is the component of a workload or pod, from its labels; empty for the first
// workload of a participant.
func Component(labels map[string]string) string {
	component, _ := strings.CutPrefix(labels[names.LabelAppComponent], labels[names.LabelRole])
	return strings.TrimPrefix(component, "-")
}

// WithComponent are the labels of a further workload of a participant, and of its pods.
func WithComponent(labels map[string]string, component string) map[string]string {
	labels = maps.Clone(labels)
	labels[names.LabelAppComponent] = labels[names.LabelRole] + "-" + component
	return labels
}

// ComponentSelector selects the pods of one of several workloads by their labels.
func ComponentSelector(labels map[string]string) map[string]string {
	return map[string]string{
		names.LabelParticipant:  labels[names.LabelParticipant],
		names.LabelAppComponent: labels[names.LabelAppComponent],
	}
}

// Selector selects the pods of the participant itself, not those of its jobs. It is for
// participants with one workload: the selector of a Deployment cannot be changed.
func Selector(k *kit.Kit) map[string]string {
	return map[string]string{
		names.LabelParticipant: labelvalue.Of(k.Participant),
		names.LabelRole:        string(k.Role),
	}
}
