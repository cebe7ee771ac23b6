package workloads

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// LabelValue is s itself where that is a legal label value, else the object
// name that stands for it.
func LabelValue(s string) string {
	if len(validation.IsValidLabelValue(s)) == 0 {
		return s
	}
	return kit.ObjectName(s)
}

// Labels are those of every object of the kit's participant.
func Labels(system string, k *kit.Kit) map[string]string {
	return map[string]string{
		names.LabelFederation:   LabelValue(k.Federation),
		names.LabelParticipant:  LabelValue(k.Participant),
		names.LabelRole:         string(k.Role),
		names.LabelFramework:    system,
		names.LabelAppName:      system,
		names.LabelAppInstance:  kit.ObjectName(k.Participant),
		names.LabelAppComponent: string(k.Role),
		names.LabelAppPartOf:    LabelValue(k.Federation),
		names.LabelManagedBy:    names.ManagedBy,
	}
}

// Annotations are those of every object of the kit's participant.
func Annotations(k *kit.Kit) map[string]string {
	all := map[string]string{
		names.AnnotationParticipant: k.Participant,
		names.AnnotationFederation:  k.Federation,
		names.AnnotationOrg:         k.Org,
		names.AnnotationKitDigest:   k.Digest(),
		names.AnnotationNotAfter:    k.Certificate.NotAfter.UTC().Format(time.RFC3339),
	}
	if v := k.Volume; v != nil {
		all[names.AnnotationKitVolume] = v.ClaimName + "/" + v.SubPath
	}
	return all
}

// Meta is the metadata of an object of the kit's participant.
func Meta(namespace, name, system string, k *kit.Kit) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: namespace, Name: name,
		Labels: Labels(system, k), Annotations: Annotations(k),
	}
}

// Selector picks the pods that are the participant itself, not its jobs' pods.
func Selector(k *kit.Kit) map[string]string {
	return map[string]string{
		names.LabelParticipant: LabelValue(k.Participant),
		names.LabelRole:        string(k.Role),
	}
}
