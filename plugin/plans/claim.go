package plans

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// keptClaim notes that an existing workspace differs from what the flags ask for: it
// stays unchanged.
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
			s.Reporter.Note("%s stays unchanged: %s", c.Name, why)
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
	case want.Storage.Class != "" && want.Storage.Class != class:
		return fmt.Sprintf("its StorageClass is %q, not %q, and cannot be changed; to start with a new workspace and lose the data, run `kubectl flare delete --delete-data` first", class, want.Storage.Class)
	case l.SizeGiven && size.Cmp(want.Storage.Size) != 0:
		return fmt.Sprintf("its size is %s, not %s; to enlarge it, use `kubectl patch`, if its StorageClass allows expansion", size.String(), want.Storage.Size.String())
	}
	return ""
}
