package mutation

import (
	"path"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// kitMode lets only the owner and the group read the kit. It is nil without an fsGroup:
// the files would belong to root, and the process could not read them.
func (m *mutation) kitMode() *int32 {
	if s := m.pod.Spec.SecurityContext; s == nil || s.FSGroup == nil {
		return nil
	}
	return new(int32(0o440))
}

// rewriteDerived replaces the Secret with the launcher's copy of startup/ with the sealed
// kit itself, with the files that the launcher copies, so that no second copy of the
// private key is needed.
func (m *mutation) rewriteDerived() {
	for i := range m.pod.Spec.Volumes {
		s := m.pod.Spec.Volumes[i].Secret
		if s == nil || !m.copiesKit(s.SecretName) {
			continue
		}
		s.SecretName, s.Items, s.Optional = m.kitName, nil, nil
		for _, name := range m.files {
			s.Items = append(s.Items, corev1.KeyToPath{Key: name, Path: name})
		}
	}
}

// copiesKit says whether a launcher's Secret is a copy of the pod's kit.
func (m *mutation) copiesKit(secret string) bool {
	known := m.site.Profiles()
	return known.Holds(secret) == profiles.HoldsKit && known.Owns(secret, m.kit.Framework, m.kit.Participant, m.kit.Role)
}

func (m *mutation) addKit(c part) {
	at := c.demand.Path(profiles.SourceKit)
	if at == "" {
		return
	}
	if m.kit.Volume != nil {
		m.addVerified(c)
		return
	}
	source := corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: m.kitName, DefaultMode: m.kitMode()}}
	if c.demand.At(at, profiles.SourceKit).File != "" {
		mountFiles(c, m.volume("startup", m.refersToKit, source))
		return
	}
	m.mount(c, "startup", at, true, m.refersToKit, source)
}

// mountFiles mounts the files of the kit that a container needs.
func mountFiles(c part, volume string) {
	for _, p := range c.demand.Paths {
		if p.Takes(profiles.SourceKit) && !mounted(c, p.Path) {
			c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: volume, MountPath: p.Path, SubPath: p.File, ReadOnly: true})
		}
	}
}

func (m *mutation) refersToKit(v corev1.Volume) bool {
	return v.Secret != nil && v.Secret.SecretName == m.kitName
}

// addReference adds a volume with public files of the kit to a pod whose containers mount no
// kit, such as a job pod to which its launcher gives none. No container mounts it: it says
// whose pod it is, also in later requests, since volumes cannot be changed.
func (m *mutation) addReference() {
	needs := func(c part) bool { return c.demand.Path(profiles.SourceKit) != "" }
	if slices.ContainsFunc(m.parts, needs) || slices.ContainsFunc(m.pod.Spec.Volumes, m.refersToKit) {
		return
	}
	source := &corev1.SecretVolumeSource{SecretName: m.kitName, DefaultMode: m.kitMode()}
	for _, name := range m.files {
		source.Items = append(source.Items, corev1.KeyToPath{Key: name, Path: name})
	}
	m.add(corev1.Volume{Name: m.free("startup"), VolumeSource: corev1.VolumeSource{Secret: source}})
}

// addLocal adds local/ if the participant has exactly one: of several, only the user can
// choose.
func (m *mutation) addLocal(c part) {
	at := c.demand.Path(profiles.SourceLocal)
	if at == "" {
		return
	}
	var all []string
	for name, local := range m.facts.Locals {
		if local.Error == "" && local.Immutable && checks.IsLocalOf(name, m.owner.Object) {
			all = append(all, name)
		}
	}
	refers := func(v corev1.Volume) bool {
		return v.ConfigMap != nil && strings.HasPrefix(v.ConfigMap.Name, names.PrefixLocal)
	}
	if len(all) != 1 && !slices.ContainsFunc(m.pod.Spec.Volumes, refers) {
		return
	}
	name := ""
	if len(all) == 1 {
		name = all[0]
	}
	m.mount(c, "local", at, true, refers, corev1.VolumeSource{
		ConfigMap: &corev1.ConfigMapVolumeSource{LocalObjectReference: corev1.LocalObjectReference{Name: name}},
	})
}

// addWorkspace mounts the participant's claim if the container may mount it. Jobs have an
// emptyDir instead.
func (m *mutation) addWorkspace(c part) {
	folder := m.policy.Workspace.MountPath
	takes := func(p profiles.Path) bool { return p.Path == folder && p.Takes(profiles.SourceWorkspace) }
	if mounted(c, folder) || !slices.ContainsFunc(c.demand.Paths, takes) {
		return
	}
	refers := func(v corev1.Volume) bool {
		return v.PersistentVolumeClaim != nil && v.PersistentVolumeClaim.ClaimName == m.owner.Claim
	}
	m.mount(c, "workspace", folder, false, refers, corev1.VolumeSource{
		PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: m.owner.Claim},
	})
	for i := range c.VolumeMounts {
		if mount := &c.VolumeMounts[i]; mount.MountPath == folder && mount.SubPath == "" {
			mount.SubPath = m.owner.Folder
		}
	}
}

// addScratch mounts an emptyDir at every path where only scratch space may be, such as
// /tmp, since the root file system is read-only. It does not change /dev/shm.
func (m *mutation) addScratch(c part) {
	never := func(corev1.Volume) bool { return false }
	for _, p := range c.demand.Paths {
		if p.Sources != profiles.SourceScratch || p.Path == "/dev/shm" || mounted(c, p.Path) {
			continue
		}
		m.mount(c, path.Base(p.Path), p.Path, false, never, corev1.VolumeSource{EmptyDir: &corev1.EmptyDirVolumeSource{}})
	}
}

// readOnly makes the mounts of the kit, of local/ and of read-only data read-only.
func (m *mutation) readOnly() {
	m.each(func(c *corev1.Container) {
		for i := range c.VolumeMounts {
			if mount := &c.VolumeMounts[i]; m.mustBeReadOnly(mount.Name) {
				mount.ReadOnly = true
			}
		}
	})
}

func (m *mutation) mustBeReadOnly(volume string) bool {
	i := slices.IndexFunc(m.pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == volume })
	if i < 0 {
		return false
	}
	v := &m.pod.Spec.Volumes[i]
	switch {
	case v.Secret != nil:
		return v.Secret.SecretName == m.kitName
	case v.ConfigMap != nil:
		return strings.HasPrefix(v.ConfigMap.Name, names.PrefixLocal)
	case v.PersistentVolumeClaim == nil:
		return false
	}
	rule, _ := m.site.Data(v.PersistentVolumeClaim.ClaimName)
	return rule != nil && rule.MustBeReadOnly()
}

func mounted(c part, at string) bool {
	return slices.ContainsFunc(c.VolumeMounts, func(v corev1.VolumeMount) bool { return v.MountPath == at })
}

// mount adds a volume if none refers to the object, and a mount if the volume has none.
// An empty path means that the container does not need it.
func (m *mutation) mount(c part, name, at string, readOnly bool, refers func(corev1.Volume) bool, source corev1.VolumeSource) {
	if at == "" || mounted(c, at) {
		return // validation evaluates what is mounted; two mounts at one path are invalid
	}
	volume := m.volume(name, refers, source)
	has := func(v corev1.VolumeMount) bool { return v.Name == volume }
	if slices.ContainsFunc(c.VolumeMounts, has) && readOnly {
		return
	}
	c.VolumeMounts = append(c.VolumeMounts, corev1.VolumeMount{Name: volume, MountPath: at, ReadOnly: readOnly})
}

// volume is the name of the volume that refers to the object. It is added if there is none.
func (m *mutation) volume(name string, refers func(corev1.Volume) bool, source corev1.VolumeSource) string {
	if i := slices.IndexFunc(m.pod.Spec.Volumes, refers); i >= 0 {
		return m.pod.Spec.Volumes[i].Name
	}
	return m.add(corev1.Volume{Name: m.free(name), VolumeSource: source})
}

// free is the name, with a suffix if a volume already has it.
func (m *mutation) free(name string) string {
	for slices.ContainsFunc(m.pod.Spec.Volumes, func(v corev1.Volume) bool { return v.Name == name }) {
		name += "-flare"
	}
	return name
}
