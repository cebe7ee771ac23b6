package framework

import (
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/validation"

	"github.com/kubectl-flare/kubectl-flare/policies/startupkit"
)

// Labels on everything that we create. They are for people and selectors, never
// for verdicts: whoever makes a pod writes them as he likes.
const (
	LabelFederation  = "kubectl-flare.dev/federation"
	LabelParticipant = "kubectl-flare.dev/participant"
	LabelRole        = "kubectl-flare.dev/role"
	LabelFramework   = "kubectl-flare.dev/framework"

	LabelManagedBy = "app.kubernetes.io/managed-by"
	// ManagedBy is the value of LabelManagedBy, and our field manager.
	ManagedBy = "kubectl-flare"
)

// LabelSitePolicy on a namespace names the SitePolicy that governs it.
const LabelSitePolicy = "kubectl-flare.dev/site-policy"

// Annotations with what the kit says. They let `status` do its work without the
// right to read Secrets.
const (
	AnnotationParticipant = "kubectl-flare.dev/participant-name"
	AnnotationFederation  = "kubectl-flare.dev/federation-name"
	AnnotationOrg         = "kubectl-flare.dev/org"
	AnnotationKitDigest   = "kubectl-flare.dev/kit-digest"
	AnnotationNotAfter    = "kubectl-flare.dev/not-after"
	// AnnotationKitVolume is the claim and the folder of a kit on a volume.
	AnnotationKitVolume = "kubectl-flare.dev/kit-volume"
)

// LabelValue is s itself where that is a legal label value, else the object
// name that stands for it.
func LabelValue(s string) string {
	if len(validation.IsValidLabelValue(s)) == 0 {
		return s
	}
	return startupkit.ObjectName(s)
}

// Labels are those of every object of the kit's participant.
func Labels(system string, kit *startupkit.Kit) map[string]string {
	return map[string]string{
		LabelFederation:               LabelValue(kit.Federation),
		LabelParticipant:              LabelValue(kit.Participant),
		LabelRole:                     string(kit.Role),
		LabelFramework:                system,
		"app.kubernetes.io/name":      system,
		"app.kubernetes.io/instance":  startupkit.ObjectName(kit.Participant),
		"app.kubernetes.io/component": string(kit.Role),
		"app.kubernetes.io/part-of":   LabelValue(kit.Federation),
		LabelManagedBy:                ManagedBy,
	}
}

// Annotations are those of every object of the kit's participant.
func Annotations(kit *startupkit.Kit) map[string]string {
	all := map[string]string{
		AnnotationParticipant: kit.Participant,
		AnnotationFederation:  kit.Federation,
		AnnotationOrg:         kit.Org,
		AnnotationKitDigest:   kit.Digest(),
		AnnotationNotAfter:    kit.Certificate.NotAfter.UTC().Format(time.RFC3339),
	}
	if v := kit.Volume; v != nil {
		all[AnnotationKitVolume] = v.ClaimName + "/" + v.SubPath
	}
	return all
}

// Meta is the metadata of an object of the kit's participant.
func Meta(namespace, name, system string, kit *startupkit.Kit) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Namespace: namespace, Name: name,
		Labels: Labels(system, kit), Annotations: Annotations(kit),
	}
}

// Selector picks the pods that are the participant itself, not its jobs' pods.
func Selector(kit *startupkit.Kit) map[string]string {
	return map[string]string{
		LabelParticipant: LabelValue(kit.Participant),
		LabelRole:        string(kit.Role),
	}
}
