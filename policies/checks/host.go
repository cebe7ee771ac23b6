package checks

import corev1 "k8s.io/api/core/v1"

// host denies access to the node at every level of pod security. The check volumes
// denies host paths.
//
// Fields: hostNetwork, hostPID, hostIPC, securityContext.privileged, windowsOptions.hostProcess.
func host(p *Pod) []Result {
	var results []Result
	for _, f := range [...]struct {
		field string
		set   bool
	}{{"hostNetwork", p.Spec.HostNetwork}, {"hostPID", p.Spec.HostPID}, {"hostIPC", p.Spec.HostIPC}} {
		if f.set {
			results = append(results, p.fail(IDHost, f.field, "a namespace of the host", "remove it", "%s is true", f.field))
		}
	}
	if s := p.Spec.SecurityContext; s != nil && hostProcess(s.WindowsOptions) {
		results = append(results, p.fail(IDHost, "securityContext.windowsOptions.hostProcess", "processes of the host", "remove it", "they would have full access to the node"))
	}
	for _, c := range p.containers {
		if s := c.SecurityContext; s != nil && s.Privileged != nil && *s.Privileged {
			results = append(results, p.failIn(c, IDHost, "securityContext.privileged", "a privileged container", "remove it", "it would have full access to the node"))
		}
		if s := c.SecurityContext; s != nil && hostProcess(s.WindowsOptions) {
			results = append(results, p.failIn(c, IDHost, "securityContext.windowsOptions.hostProcess", "a process of the host", "remove it", "it would have full access to the node"))
		}
	}
	return results
}

func hostProcess(w *corev1.WindowsSecurityContextOptions) bool {
	return w != nil && w.HostProcess != nil && *w.HostProcess
}
