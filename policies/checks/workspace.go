package checks

import (
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// workspace keeps a participant in its own folder of its own claim. Where it may
// be mounted, mounts says.
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
				"set subPath to "+quote(folder)+" or below", "the sub-path is %s, and others share the claim %s", quote(m.SubPath), quote(p.owner.Claim)))
		}
	}
	return results
}
