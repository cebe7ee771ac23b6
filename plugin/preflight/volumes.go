// Package preflight says what a cluster admin should know about the surroundings of a
// governed namespace: what the webhook cannot decide, since it is decided outside of the
// namespace. Its checks only read. What the user may not read is a warning, too.
package preflight

import (
	"context"
	"fmt"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Volumes returns a warning for each entry of spec.data that another claim could get in
// the way of: a volume without a claimRef is free for any claim of the cluster, and data
// without a volumeName is known by the name of its claim alone.
func Volumes(ctx context.Context, client kubernetes.Interface, namespace string, data []v1alpha1.DataRule) []string {
	var warnings []string
	for i := range data {
		if warning := volume(ctx, client, namespace, &data[i]); warning != "" {
			warnings = append(warnings, fmt.Sprintf("spec.data[%d]: %s", i, warning))
		}
	}
	return warnings
}

func volume(ctx context.Context, client kubernetes.Interface, namespace string, rule *v1alpha1.DataRule) string {
	if rule.VolumeName == "" {
		return fmt.Sprintf("claim %q has no volumeName, so the data is whatever claim has this name: set volumeName to the PersistentVolume with the data", rule.ClaimName)
	}
	pv, err := client.CoreV1().PersistentVolumes().Get(ctx, rule.VolumeName, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return fmt.Sprintf("PersistentVolume %q does not exist: create it with spec.claimRef of claim %s/%s", rule.VolumeName, namespace, rule.ClaimName)
	case err != nil:
		return fmt.Sprintf("PersistentVolume %q cannot be read: make sure that its spec.claimRef is claim %s/%s: %v", rule.VolumeName, namespace, rule.ClaimName, err)
	}
	return reserved(pv, namespace, rule.ClaimName)
}

// reserved compares a volume's claimRef with the claim of the policy.
func reserved(pv *corev1.PersistentVolume, namespace, claim string) string {
	ref := pv.Spec.ClaimRef
	const patch = `kubectl patch persistentvolume %s -p '{"spec":{"claimRef":{"apiVersion":"v1","kind":"PersistentVolumeClaim","namespace":%q,"name":%q}}}'`
	switch {
	case ref == nil:
		return fmt.Sprintf("PersistentVolume %q has no claimRef, so Kubernetes may give it to any claim: reserve it with `"+patch+"`", pv.Name, pv.Name, namespace, claim)
	case ref.Namespace != namespace || ref.Name != claim:
		return fmt.Sprintf("PersistentVolume %q is reserved for claim %s/%s, not for %s/%s: correct its spec.claimRef, or the policy", pv.Name, ref.Namespace, ref.Name, namespace, claim)
	case pv.Status.Phase == corev1.VolumeReleased:
		return fmt.Sprintf("PersistentVolume %q was released by a claim that was deleted: check its content, and remove uid and resourceVersion from its spec.claimRef", pv.Name)
	}
	return ""
}
