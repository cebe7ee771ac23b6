package mutation

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// dropServiceLinks keeps the addresses of Services out of the environment. The API server
// sets the field to true before it calls webhooks, so that its author cannot be asked.
func (m *mutation) dropServiceLinks() { m.pod.Spec.EnableServiceLinks = new(false) }

// dropToken removes the ServiceAccount's token from every pod except the launcher's.
// Setting the field is not enough: the API server adds the volume and its mounts before
// it calls webhooks.
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
