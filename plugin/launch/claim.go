package launch

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/plugin/apply"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// keptClaim says when a workspace that was there already differs from what the
// flags ask for: it is kept as it is, and nobody should believe otherwise.
func (o *Options) keptClaim(results []apply.Result) {
	for _, r := range results {
		if r.Object.GetKind() != "PersistentVolumeClaim" || r.Object.GetName() != workloads.ClaimName(o.kit.Participant) || r.Action != apply.Unchanged {
			continue
		}
		var claim corev1.PersistentVolumeClaim
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(r.Object.Object, &claim); err != nil {
			continue
		}
		if why := o.claimDiffers(&claim); why != "" {
			_, _ = fmt.Fprintf(o.ErrOut, "Note: %s is kept as it is: %s\n", r.Name, why)
		}
	}
}

func (o *Options) claimDiffers(claim *corev1.PersistentVolumeClaim) string {
	size := claim.Spec.Resources.Requests[corev1.ResourceStorage]
	class := ""
	if claim.Spec.StorageClassName != nil {
		class = *claim.Spec.StorageClassName
	}
	switch {
	case o.StorageClass != "" && o.StorageClass != class:
		return fmt.Sprintf("its StorageClass is %q, not %q, and cannot be changed; to start afresh, and lose the data: kubectl flare delete --delete-data", class, o.StorageClass)
	case o.sizeGiven && size.Cmp(o.participant.StorageSize) != 0:
		return fmt.Sprintf("it has %s, not %s; a larger one is asked for with kubectl patch, where its StorageClass allows it", size.String(), o.StorageSize)
	}
	return ""
}
