package checks

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// kitMount requires that only the process mounts the kit, once, read-only and at the path
// where it looks for it.
//
// Fields: volumes[*].secret, containers[*].volumeMounts.
func kitMount(p *Pod) []Result {
	if p.Kit.Volume != nil {
		return p.copyMounts()
	}
	volumes, results := p.kitVolumes()
	for _, c := range p.containers {
		for i := range c.VolumeMounts {
			if m := &c.VolumeMounts[i]; slices.Contains(volumes, m.Name) {
				results = append(results, p.kitMountProblems(c, i, m)...)
			}
		}
	}
	if results != nil {
		return results
	}
	return p.unmounted(volumes, "mount it read-only at ", "Secret %s is a volume, but the container does not mount it")
}

// kitVolumes are the volumes with the kit, of which there must be one.
func (p *Pod) kitVolumes() (names []string, results []Result) {
	const fix = "use one volume with the kit, with all of its files"
	for i := range p.Spec.Volumes {
		v := &p.Spec.Volumes[i]
		if v.Secret == nil || v.Secret.SecretName != p.KitName {
			continue
		}
		names = append(names, v.Name)
		if len(names) > 1 {
			results = append(results, p.fail(IDKitMount, indexed("volumes", i), "a second volume with the kit", fix, "%s", quote(v.Name)))
		}
		if v.Secret.Optional != nil && *v.Secret.Optional {
			results = append(results, p.fail(IDKitMount, indexed("volumes", i)+".secret.optional", "the kit is optional", fix, "without it, the pod must not start"))
		}
		if !p.validItems(v.Secret.Items) {
			results = append(results, p.fail(IDKitMount, indexed("volumes", i)+".secret.items", "not the files of the kit", fix, "%s", describeItems(p.demands.KitFiles)))
		}
	}
	return names, results
}

func describeItems(need []string) string {
	if len(need) == 0 {
		return "items must be left out: all files are needed"
	}
	return fmt.Sprintf("items must have each of %q once, with its own name as path", need)
}

// validItems accepts no items, which means all files, or exactly those that the role
// needs. If a file was missing or had another name, it would be another kit. A pod whose
// containers need no kit must list its public files.
func (p *Pod) validItems(items []corev1.KeyToPath) bool {
	if len(items) == 0 {
		return p.kitPath() != "" // otherwise the private key would be on a node that needs none
	}
	need := p.demands.KitFiles
	if len(items) != len(need) {
		return false
	}
	for _, name := range need {
		if !slices.ContainsFunc(items, func(i corev1.KeyToPath) bool { return i.Key == name && i.Path == name }) {
			return false
		}
	}
	return true
}

func (p *Pod) kitMountProblems(c Container, i int, m *corev1.VolumeMount) []Result {
	at := func() string { return indexed("volumeMounts", i) }
	d := p.Demand(c)
	if d == nil || d.Path(profiles.SourceKit) == "" {
		reason := "a second mount of the kit"
		if p.kitPath() == "" {
			reason = "the kit in a pod that may not read it"
		}
		return []Result{p.failIn(c, IDKitMount, at(), reason, "mount it only in the participant's own container", "%s", quote(m.MountPath))}
	}
	var results []Result
	if want := d.At(m.MountPath, profiles.SourceKit); want == nil || m.SubPath != want.File {
		how := "without subPath, at " + d.Path(profiles.SourceKit)
		if want != nil && want.File != "" {
			how = "with subPath " + quote(want.File) + ", at " + want.Path
		}
		results = append(results, p.failIn(c, IDKitMount, at()+".mountPath", "the kit is mounted at another path", "mount it once, "+how, "%s", quote(m.MountPath)))
	}
	if !m.ReadOnly {
		results = append(results, p.failIn(c, IDKitMount, at()+".readOnly", "the kit is writable", "set readOnly: true", "%s", quote(m.MountPath)))
	}
	return results
}

// unmounted says which containers need the kit but mount none of the volumes. what is a
// format with the name of the kit as its argument.
func (p *Pod) unmounted(volumes []string, fix, what string) []Result {
	var results []Result
	for _, c := range p.containers {
		d := p.Demand(c)
		if d == nil {
			continue
		}
		for i := range d.Paths {
			if at := &d.Paths[i]; at.Takes(profiles.SourceKit) && !mountsAt(c.Container, volumes, at.Path) {
				results = append(results, p.failIn(c, IDKitMount, "volumeMounts", "the kit is not mounted", fix+at.Path, what, quote(p.KitName)))
			}
		}
	}
	return results
}

// mountsAt says whether a container mounts one of the volumes at a path.
func mountsAt(c *corev1.Container, volumes []string, path string) bool {
	return slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool { return m.MountPath == path && slices.Contains(volumes, m.Name) })
}
