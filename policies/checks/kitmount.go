package checks

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// kitMount demands that the kit is mounted once, read-only, where the process
// looks for it, and by that process alone. Source: design §6.
//
// Fields: volumes[*].secret, containers[*].volumeMounts.
func kitMount(p *Pod) []Result {
	if p.Kit.Volume != nil {
		return p.copyMounts()
	}
	volumes, results := p.kitVolumes()
	for c := range Containers(p.Spec) {
		for i := range c.VolumeMounts {
			if m := &c.VolumeMounts[i]; slices.Contains(volumes, m.Name) {
				results = append(results, p.kitMountProblems(c, i, m)...)
			}
		}
	}
	if p.Main.Container != nil && p.mountsOf(volumes) == 0 && results == nil {
		results = append(results, p.failIn(p.Main, IDKitMount, "volumeMounts", "the kit is not mounted",
			"mount it read-only at "+profiles.KitPath(p.paths), "Secret %s is a volume, but nobody mounts it", quote(p.KitName)))
	}
	return results
}

// kitVolumes are the volumes with the kit; there must be one.
func (p *Pod) kitVolumes() (names []string, results []Result) {
	const fix = "let the pod have one volume with the kit, with all of its files"
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
			results = append(results, p.fail(IDKitMount, indexed("volumes", i)+".secret.optional", "the kit is optional", fix, "without it the pod must not start"))
		}
		if !p.goodItems(v.Secret.Items) {
			results = append(results, p.fail(IDKitMount, indexed("volumes", i)+".secret.items", "not the kit's own files", fix,
				"items must name each of %q once, under its own name", p.Profile.KitFiles(p.Kit.Role)))
		}
	}
	return names, results
}

// goodItems takes no items (all files) or exactly those that the role needs: a
// file under another's name, or a missing one, would be another kit.
func (p *Pod) goodItems(items []corev1.KeyToPath) bool {
	if len(items) == 0 {
		return true
	}
	need := p.Profile.KitFiles(p.Kit.Role)
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
	field := indexed("volumeMounts", i)
	if c.Container != p.Main.Container {
		return []Result{p.failIn(c, IDKitMount, field, "a second mount of the kit", "mount it in the participant's own container alone", "%s", quote(m.MountPath))}
	}
	var results []Result
	want := profiles.KitPath(p.paths)
	if m.MountPath != want || m.SubPath != "" {
		results = append(results, p.failIn(c, IDKitMount, field+".mountPath", "the kit is mounted elsewhere", "mount it once, whole, at "+want, "%s", quote(m.MountPath)))
	}
	if !m.ReadOnly {
		results = append(results, p.failIn(c, IDKitMount, field+".readOnly", "the kit is writable", "set readOnly: true", "%s", quote(m.MountPath)))
	}
	return results
}

func (p *Pod) mountsOf(volumes []string) int {
	n := 0
	for i := range p.Main.VolumeMounts {
		if slices.Contains(volumes, p.Main.VolumeMounts[i].Name) {
			n++
		}
	}
	return n
}
