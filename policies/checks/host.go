package checks

import corev1 "k8s.io/api/core/v1"

// host is the structural floor: whatever the level of pod security, nothing in a
// governed namespace reaches the node itself. Host paths, volumes refuses.
//
// Fields: hostNetwork, hostPID, hostIPC, securityContext.privileged, windowsOptions.hostProcess.
func host(p *Pod) []Result {
	var results []Result
	for _, f := range [...]struct {
		field string
		set   bool
	}{{"hostNetwork", p.Spec.HostNetwork}, {"hostPID", p.Spec.HostPID}, {"hostIPC", p.Spec.HostIPC}} {
		if f.set {
			results = append(results, p.fail(IDHost, f.field, "a namespace of the host", "leave it out", "%s is true", f.field))
		}
	}
	if s := p.Spec.SecurityContext; s != nil && hostProcess(s.WindowsOptions) {
		results = append(results, p.fail(IDHost, "securityContext.windowsOptions.hostProcess", "processes of the host", "leave it out", "they could do anything to the node"))
	}
	for c := range Containers(p.Spec) {
		if s := c.SecurityContext; s != nil && s.Privileged != nil && *s.Privileged {
			results = append(results, p.failIn(c, IDHost, "securityContext.privileged", "a privileged container", "leave it out", "it could do anything to the node"))
		}
		if s := c.SecurityContext; s != nil && hostProcess(s.WindowsOptions) {
			results = append(results, p.failIn(c, IDHost, "securityContext.windowsOptions.hostProcess", "a process of the host", "leave it out", "it could do anything to the node"))
		}
	}
	return results
}

func hostProcess(w *corev1.WindowsSecurityContextOptions) bool {
	return w != nil && w.HostProcess != nil && *w.HostProcess
}
