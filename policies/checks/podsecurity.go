package checks

// podSecurity is what the cluster itself would check at the policy's level: a
// namespace without its label is served too.
//
// Fields: those of the Pod Security Standards; of participants also
// securityContext.readOnlyRootFilesystem of every container.
func podSecurity(p *Pod) []Result {
	results := p.writableRoots()
	for _, r := range p.Site.PodSecurity(p.Meta, p.Spec) {
		if !r.Allowed {
			results = append(results, p.fail(IDPodSecurity, "securityContext", "pod security "+string(p.Policy.PodSecurity.Level)+": "+r.ForbiddenReason,
				"set what the Pod Security Standard demands", "%s", oneLine(r.ForbiddenDetail)))
		}
	}
	return results
}

// writableRoots demands what mutation adds beyond the standards: a program that
// could be written to would run other code after a restart.
func (p *Pod) writableRoots() []Result {
	if !Verified.binds(p) {
		return nil
	}
	var results []Result
	for c := range Containers(p.Spec) {
		if c.List == listEphemeral {
			continue // containers refuses them, and whoever breaks the glass needs one
		}
		if s := c.SecurityContext; s == nil || s.ReadOnlyRootFilesystem == nil || !*s.ReadOnlyRootFilesystem {
			results = append(results, p.failIn(c, IDPodSecurity, "securityContext.readOnlyRootFilesystem", "a root file system that can be written",
				"set readOnlyRootFilesystem: true and mount an emptyDir at /tmp", "what the image's programs are could change"))
		}
	}
	return results
}
