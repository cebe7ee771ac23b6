package mutation

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kitvolume"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// addVerified adds flare-verify to a pod whose kit is on a volume, and mounts the copy
// that it makes in memory into the process. An existing verifier, written by `launch` or
// by a webhook with another image of flare-kit, is replaced.
func (m *mutation) addVerified(c part) {
	if m.facts.KitImage == "" {
		return // validation reports it
	}
	init := &m.pod.Spec.InitContainers
	if len(*init) > 0 && (*init)[0].Name == kitvolume.Verifier {
		mounts := kitvolume.MountsOf(&(*init)[0])
		if mounts.Raw != "" && mounts.Seal != "" && mounts.Copy != "" {
			(*init)[0] = m.verifier(mounts, (*init)[0].Resources)
			m.mountCopy(c, mounts.Copy)
		}
		return
	}
	mounts := kitvolume.Mounts{Copy: m.copyVolume(c)}
	mounts.Seal, mounts.Raw = m.sealVolume(), m.add(kitvolume.RawVolume(m.free("kit"), m.kit.Volume.ClaimName))
	m.mountCopy(c, mounts.Copy)
	*init = slices.Insert(*init, 0, m.verifier(mounts, corev1.ResourceRequirements{}))
}

func (m *mutation) verifier(mounts kitvolume.Mounts, amounts corev1.ResourceRequirements) corev1.Container {
	c := kitvolume.Verify(m.facts.KitImage, m.kit.Digest, m.kit.Volume.SubPath, mounts)
	if amounts.Limits != nil || amounts.Requests != nil {
		c.Resources = amounts
	}
	return c
}

// copyVolume is the volume for the copy: the one that the process mounts at the kit's
// path if it has the kit's Secret or the launcher's copy of it, and otherwise a new one.
func (m *mutation) copyVolume(c part) string {
	for _, mount := range c.VolumeMounts {
		if mount.MountPath != c.demand.Path(profiles.SourceKit) {
			continue
		}
		for i := range m.pod.Spec.Volumes {
			if v := &m.pod.Spec.Volumes[i]; v.Name == mount.Name && m.isKit(v) {
				*v = kitvolume.CopyVolume(v.Name)
				return v.Name
			}
		}
	}
	return m.add(kitvolume.CopyVolume(m.free("startup")))
}

func (m *mutation) isKit(v *corev1.Volume) bool {
	return v.Secret != nil && (v.Secret.SecretName == m.kitName || m.site.Profiles().Holds(v.Secret.SecretName) == profiles.HoldsKit)
}

func (m *mutation) sealVolume() string {
	for i := range m.pod.Spec.Volumes {
		if v := &m.pod.Spec.Volumes[i]; v.Secret != nil && v.Secret.SecretName == m.kitName {
			return v.Name
		}
	}
	return m.add(kitvolume.SealVolume(m.free("seal"), m.kitName))
}

func (m *mutation) add(v corev1.Volume) string {
	m.pod.Spec.Volumes = append(m.pod.Spec.Volumes, v)
	return v.Name
}

func (m *mutation) mountCopy(c part, name string) {
	for i := range c.VolumeMounts {
		if mount := &c.VolumeMounts[i]; mount.Name == name && c.demand.At(mount.MountPath, profiles.SourceKit) != nil {
			mount.ReadOnly = true
		}
	}
	mountFiles(c, name)
}
