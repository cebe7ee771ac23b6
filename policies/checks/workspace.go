package checks

import (
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// workspace requires that a participant mounts only its own folder of its claim. The
// check mounts says at which path.
//
// Fields: volumes[*].persistentVolumeClaim, volumeMounts[*].subPath.
func workspace(p *Pod) []Result {
	folder := p.owner.Folder
	if folder == "" {
		return nil
	}
	var results []Result
	for c := range Containers(p.Spec) {
		for i := range c.VolumeMounts {
			m := &c.VolumeMounts[i]
			v := p.volume(m.Name)
			if v == nil || p.source(v) != profiles.SourceWorkspace || under(m.SubPath, folder) {
				continue
			}
			results = append(results, p.failIn(c, IDWorkspace, indexed("volumeMounts", i)+".subPath", "outside of the participant's folder",
				"set subPath to "+quote(folder)+" or a folder below it", "the subPath is %s, but claim %s is shared", quote(m.SubPath), quote(p.owner.Claim)))
		}
	}
	return results
}
