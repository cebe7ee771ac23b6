package checks

import (
	"path"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// mounts allows only listed paths, and at each of them only certain kinds of volumes, so
// that no mount hides folders from which programs are loaded (/usr, /lib, …), the kit or
// local/. Paths must be clean, since the API server accepts different spellings of one
// path, such as "//startup" and "/../startup".
//
// Fields: volumeMounts of every container.
func mounts(p *Pod) []Result {
	var results []Result
	for _, c := range p.containers {
		if c.Container == p.Verifier.Container {
			continue // the check flare-verify compares it
		}
		for i := range c.VolumeMounts {
			m := &c.VolumeMounts[i]
			if reason, detail := p.mountProblem(c, i, m); reason != "" {
				results = append(results, p.failIn(c, IDMounts, indexed("volumeMounts", i), reason, "mount at "+p.allowedPaths(c, m), "%s", detail))
			}
		}
	}
	return results
}

func (p *Pod) mountProblem(c Container, i int, m *corev1.VolumeMount) (reason, detail string) {
	source, ok := p.volume(m.Name)
	switch {
	case !clean(m.MountPath):
		return "the mount path is not clean", quote(m.MountPath)
	case m.SubPathExpr != "":
		return "subPathExpr is not allowed", quote(m.SubPathExpr)
	case m.SubPath != "" && !cleanBelow(m.SubPath):
		return "the subPath is not clean", quote(m.SubPath)
	case m.MountPropagation != nil && *m.MountPropagation != corev1.MountPropagationNone:
		return "mount propagation is not allowed", string(*m.MountPropagation)
	case !ok:
		return "there is no such volume", quote(m.Name)
	case mountedTwice(c.Container, i):
		return "two mounts at one path", quote(m.MountPath)
	}
	switch source {
	case profiles.SourceData, profiles.SourceOther, profiles.SourceToken, profiles.SourceRaw:
		return "", "" // the checks data, volumes, tokens and kit-mount evaluate these
	case profiles.SourceAuthorities:
		return authoritiesMount(m)
	case profiles.SourceKit, profiles.SourceLocal, profiles.SourceWorkspace, profiles.SourceScratch, profiles.SourceJobSecret:
	}
	paths := p.paths(c)
	for j := range paths {
		if paths[j].Path == m.MountPath && paths[j].Takes(source) {
			return p.mountedAs(c, source, &paths[j], m)
		}
	}
	return "nothing may be mounted there", quote(m.MountPath)
}

// authoritiesMount allows one path for authorities: at another, they could replace those that
// the image has for its own use.
func authoritiesMount(m *corev1.VolumeMount) (reason, detail string) {
	if m.MountPath != profiles.Authorities || !m.ReadOnly || m.SubPath != "" {
		return "authorities must be mounted whole and read-only at " + profiles.Authorities, quote(m.MountPath)
	}
	return "", ""
}

// mountedAs evaluates a mount at a path for its source.
func (p *Pod) mountedAs(c Container, source profiles.Source, at *profiles.Path, m *corev1.VolumeMount) (reason, detail string) {
	if source == profiles.SourceScratch {
		return p.sharedScratch(c, m)
	}
	if source == profiles.SourceJobSecret {
		return p.jobSecret(at, m)
	}
	return p.writableLocal(source, m)
}

// sharedScratch denies scratch space that two containers of a participant mount: what one of
// them writes, such as packages below HOME, the other could run with what only it may read.
func (p *Pod) sharedScratch(c Container, m *corev1.VolumeMount) (reason, detail string) {
	for _, other := range p.containers {
		switch {
		case other.Container == c.Container:
			return "", "" // the later one is denied
		case p.Demand(other) == nil || p.Demand(c) == nil:
			continue // the check containers denies it
		}
		for i := range other.VolumeMounts {
			if other.VolumeMounts[i].Name == m.Name {
				return "the scratch space of another container", quote(m.Name) + " is that of container " + quote(other.Name)
			}
		}
	}
	return "", ""
}

// jobSecret requires that a job's pod mounts the Secret that its launcher made for it: that
// of another pod has the tokens of another job.
func (p *Pod) jobSecret(at *profiles.Path, m *corev1.VolumeMount) (reason, detail string) {
	if !m.ReadOnly || m.SubPath != "" {
		return "the job's tokens must be mounted whole and read-only", quote(m.MountPath)
	}
	for i := range p.Spec.Volumes {
		if v := &p.Spec.Volumes[i]; v.Name == m.Name && v.Secret != nil && v.Secret.SecretName != at.Secret {
			return "the tokens of another job", "Secret " + quote(v.Secret.SecretName) + ", but the pod's own is " + quote(at.Secret)
		}
	}
	return "", ""
}

// writableLocal requires that local/ is mounted read-only. A ConfigMap is never writable,
// but readers of the manifest should see it too.
func (p *Pod) writableLocal(source profiles.Source, m *corev1.VolumeMount) (reason, detail string) {
	if source == profiles.SourceLocal && (!m.ReadOnly || m.SubPath != "") {
		return "local/ must be mounted whole and read-only", quote(m.MountPath)
	}
	return "", ""
}

func (p *Pod) allowedPaths(c Container, m *corev1.VolumeMount) string {
	source, ok := p.volume(m.Name)
	if source == profiles.SourceAuthorities {
		return profiles.Authorities
	}
	var paths []string
	for _, allowed := range p.paths(c) {
		if !ok || allowed.Takes(source) {
			paths = append(paths, allowed.Path)
		}
	}
	if len(paths) == 0 {
		return "no path: remove the mount"
	}
	return strings.Join(paths, ", ")
}

// paths are the paths of the container. For a container that the check containers
// denies, they are those of the participant's own container.
func (p *Pod) paths(c Container) []profiles.Path {
	if d := p.Demand(c); d != nil {
		return d.Paths
	}
	if len(p.demands.Containers) == 0 {
		return nil
	}
	return p.demands.Containers[0].Paths
}

func mountedTwice(c *corev1.Container, i int) bool {
	for j := range i {
		if c.VolumeMounts[j].MountPath == c.VolumeMounts[i].MountPath {
			return true
		}
	}
	return false
}

// clean says whether a path is absolute and in its shortest spelling.
func clean(name string) bool {
	return strings.HasPrefix(name, "/") && path.Clean(name) == name && !strings.Contains(name, ":")
}

// cleanBelow is the same for a subPath, which is relative.
func cleanBelow(name string) bool {
	return !strings.HasPrefix(name, "/") && path.Clean(name) == name && name != ".." && !strings.HasPrefix(name, "../")
}
