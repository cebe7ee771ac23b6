package workloads

import (
	"fmt"
	"slices"
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// Data is a claim of the namespace with the site's data, at a path of the containers that run
// jobs.
type Data struct {
	// Claim is the name of the PersistentVolumeClaim.
	Claim string `json:"claim"`
	// MountPath is an absolute path. Without it, it is that of the SitePolicy's entry for the
	// claim.
	MountPath string `json:"mountPath,omitempty"`
	// Writable lets jobs change the data.
	Writable bool `json:"writable,omitempty"`
}

// DataVolumes are the volumes of the participant's data.
func (b Builder) DataVolumes() []corev1.Volume {
	var volumes []corev1.Volume
	for i, d := range b.Data {
		volumes = append(volumes, corev1.Volume{Name: dataVolume(i), VolumeSource: corev1.VolumeSource{
			PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: d.Claim},
		}})
	}
	return volumes
}

// DataMounts mount them in a container.
func (b Builder) DataMounts() []corev1.VolumeMount {
	var mounts []corev1.VolumeMount
	for i, d := range b.Data {
		mounts = append(mounts, corev1.VolumeMount{Name: dataVolume(i), MountPath: d.MountPath, ReadOnly: !d.Writable})
	}
	return mounts
}

func dataVolume(i int) string { return "data-" + strconv.Itoa(i) }

// CheckData is an error if no container of the participant mounts the data, which would have
// no effect.
func (s *Set) CheckData(data []Data) error {
	mounted := map[string]bool{}
	for _, object := range s.Objects() {
		for _, c := range podSpec(object).Containers {
			for _, m := range c.VolumeMounts {
				mounted[m.MountPath] = true
			}
		}
	}
	if i := slices.IndexFunc(data, func(d Data) bool { return !mounted[d.MountPath] }); i >= 0 {
		return fmt.Errorf("there is data for %s, but a participant of this role runs no jobs in its own pod: leave it out", data[i].MountPath)
	}
	return nil
}
