package checks

import (
	"path"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// workspace requires that a participant mounts exactly the folder of its claim that the
// policy gives to it, or the one below it that the framework has for the mount path. With
// another folder, the participant would read the files of others, or what a job has left
// there as its own settings. The check mounts says at which path.
//
// Fields: volumes[*].persistentVolumeClaim, volumeMounts[*].subPath.
func workspace(p *Pod) []Result {
	var results []Result
	for _, c := range p.containers {
		for i := range c.VolumeMounts {
			m := &c.VolumeMounts[i]
			if source, ok := p.volume(m.Name); !ok || source != profiles.SourceWorkspace {
				continue
			}
			folder, ok := p.workspaceFolder(c, m.MountPath)
			if !ok || m.SubPath == folder {
				continue
			}
			fix := "set subPath to " + quote(folder)
			if folder == "" {
				fix = "remove subPath"
			}
			results = append(results, p.failIn(c, IDWorkspace, indexed("volumeMounts", i)+".subPath", "another folder of the workspace claim",
				fix+", as spec.workspace.subPath of the policy says", "the subPath is %s, but for %s of claim %s it must be %s", quote(m.SubPath), m.MountPath, quote(p.owner.Claim), quote(folder)))
		}
	}
	return results
}

// workspaceFolder is the folder of the participant's claim that belongs at a mount path. ok
// is false for a path that the check mounts denies.
func (p *Pod) workspaceFolder(c Container, at string) (folder string, ok bool) {
	for _, known := range p.paths(c) {
		if known.Path == at && known.Takes(profiles.SourceWorkspace) {
			return path.Join(p.owner.Folder, known.Folder), true
		}
	}
	return "", false
}
