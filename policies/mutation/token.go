package mutation

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// dropToken takes the ServiceAccount's token out of every pod but the launcher's.
// The field alone does nothing: the volume and its mounts stand in the pod before
// any webhook sees it. Source: apiserver.md, "Token volume".
func (m *mutation) dropToken() {
	if m.launcher {
		return
	}
	m.pod.Spec.AutomountServiceAccountToken = new(false)
	var dropped []string
	m.pod.Spec.Volumes = slices.DeleteFunc(m.pod.Spec.Volumes, func(v corev1.Volume) bool {
		if !checks.IsTokenVolume(&v) {
			return false
		}
		dropped = append(dropped, v.Name)
		return true
	})
	m.each(func(c *corev1.Container) {
		c.VolumeMounts = slices.DeleteFunc(c.VolumeMounts, func(v corev1.VolumeMount) bool { return slices.Contains(dropped, v.Name) })
	})
}
