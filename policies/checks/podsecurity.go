package checks

// podSecurity applies the Pod Security Standards at the policy's level, even if the
// namespace does not have the label of that level.
//
// Fields: those of the Pod Security Standards; for participants also
// securityContext.readOnlyRootFilesystem of every container.
func podSecurity(p *Pod) []Result {
	results := p.writableRoots()
	for _, r := range p.Site.PodSecurity(p.Meta, p.Spec) {
		results = append(results, p.fail(IDPodSecurity, "securityContext", "pod security "+string(p.Policy.PodSecurity.Level)+": "+r.ForbiddenReason,
			"set the fields that the Pod Security Standard requires", "%s", oneLine(r.ForbiddenDetail)))
	}
	return results
}

// writableRoots requires read-only root file systems, which mutation sets and the
// standards do not require: a process could otherwise change the programs that it runs.
func (p *Pod) writableRoots() []Result {
	if !Verified.applies(p) {
		return nil
	}
	var results []Result
	for _, c := range p.containers {
		if c.List == listEphemeral {
			continue // the check containers denies them, and break-glass needs a writable one
		}
		if s := c.SecurityContext; s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
			results = append(results, p.failIn(c, IDPodSecurity, "securityContext.readOnlyRootFilesystem", "a writable root file system",
				"set readOnlyRootFilesystem: true and mount an emptyDir at /tmp", "the programs of the image could be changed"))
		}
	}
	return results
}
