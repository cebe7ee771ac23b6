package checks

// user requires the user and group IDs of the policy, so that no other user owns a
// participant's files.
//
// Fields: securityContext.runAsUser of the pod and its containers,
// securityContext.fsGroup.
func user(p *Pod) []Result {
	var results []Result
	pod := p.Spec.SecurityContext
	if want := p.Policy.PodSecurity.FSGroup; want != nil && (pod == nil || pod.FSGroup == nil || *pod.FSGroup != *want) {
		results = append(results, p.fail(IDUser, "securityContext.fsGroup", "not the policy's group", "set the policy's fsGroup", "it must be %d", *want))
	}
	want := p.Policy.PodSecurity.RunAsUser
	if want == nil {
		return results
	}
	for _, c := range p.containers {
		var got *int64
		if pod != nil {
			got = pod.RunAsUser
		}
		if c.SecurityContext != nil && c.SecurityContext.RunAsUser != nil {
			got = c.SecurityContext.RunAsUser
		}
		if got == nil || *got != *want {
			results = append(results, p.failIn(c, IDUser, "securityContext.runAsUser", "not the policy's user", "set the policy's runAsUser", "it must be %d", *want))
		}
	}
	return results
}
