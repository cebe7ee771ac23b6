package plans

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// keptClaim says when a workspace that was there already differs from what is asked
// for: it is kept as it is, and nobody should believe otherwise.
func (l *Launch) keptClaim(s *engine.Session) {
	for _, c := range s.Changes() {
		if c.Object == nil || c.Object.GetKind() != "PersistentVolumeClaim" || c.Object.GetName() != workloads.ClaimName(l.kit.Participant) || c.Action != engine.Unchanged {
			continue
		}
		var claim corev1.PersistentVolumeClaim
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(c.Object.Object, &claim); err != nil {
			continue
		}
		if why := l.claimDiffers(&claim); why != "" {
			s.Reporter.Note("%s is kept as it is: %s", c.Name, why)
		}
	}
}

func (l *Launch) claimDiffers(claim *corev1.PersistentVolumeClaim) string {
	size := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	class := ""
	if claim.Spec.StorageClassName != nil {
		class = *claim.Spec.StorageClassName
	}
	want := l.Participant
	switch {
	case want.StorageClass != "" && want.StorageClass != class:
		return fmt.Sprintf("its StorageClass is %q, not %q, and cannot be changed; to start afresh, and lose the data: kubectl flare delete --delete-data", class, want.StorageClass)
	case l.SizeGiven && size.Cmp(want.StorageSize) != 0:
		return fmt.Sprintf("it has %s, not %s; a larger one is asked for with kubectl patch, where its StorageClass allows it", size.String(), want.StorageSize.String())
	}
	return ""
}
