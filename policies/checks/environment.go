package checks

import (
	corev1 "k8s.io/api/core/v1"
)

// environment closes the ways in which a fixed command in an allowed image still
// runs other code. Source: apiserver.md, "Code through the working directory".
//
// Fields: workingDir, env, envFrom, lifecycle, the probes, terminationMessagePath,
// volumeDevices; hostAliases, dnsPolicy, dnsConfig, resourceClaims of the pod.
func environment(p *Pod) []Result {
	results := p.podEnvironment()
	for c := range Containers(p.Spec) {
		results = append(results, p.containerEnvironment(c)...)
		d := p.Demand(c)
		if d == nil {
			continue // containers denies it
		}
		for _, problem := range d.Grammar.Environment(c.Container) {
			results = append(results, p.failIn(c, IDEnvironment, problem.Field, "an environment variable that is not allowed", problem.Fix, "%s", oneLine(problem.Detail)))
		}
	}
	return results
}

func (p *Pod) containerEnvironment(c Container) []Result {
	var results []Result
	add := func(field, reason, fix, detail string) {
		results = append(results, p.failIn(c, IDEnvironment, field, reason, fix, "%s", detail))
	}
	if c.WorkingDir != "" {
		add("workingDir", "a working directory", "leave it out", "python -m loads code from "+quote(c.WorkingDir)+" first")
	}
	if len(c.EnvFrom) > 0 {
		add("envFrom", "environment from elsewhere", "name each variable in env", "what it holds cannot be judged")
	}
	if c.Lifecycle != nil && (c.Lifecycle.PostStart != nil || c.Lifecycle.PreStop != nil) {
		add("lifecycle", "a lifecycle hook", "leave it out", "it runs a command of its own in the container")
	}
	if field := execProbe(c.Container); field != "" {
		add(field+".exec", "an exec probe", "use a tcpSocket probe", "it runs a command of its own in the container")
	}
	// The kubelet mounts a file there: it could hide one of the image.
	if c.TerminationMessagePath != "" && c.TerminationMessagePath != corev1.TerminationMessagePathDefault {
		add("terminationMessagePath", "a termination message elsewhere", "leave it out", quote(c.TerminationMessagePath))
	}
	if len(c.VolumeDevices) > 0 {
		add("volumeDevices", "a raw block device", "mount the claim as a file system", quote(c.VolumeDevices[0].DevicePath))
	}
	if c.Stdin || c.TTY {
		add("stdin", "an open input", "leave out stdin and tty", "whoever attaches could talk to the process")
	}
	return results
}

func execProbe(c *corev1.Container) string {
	switch {
	case c.LivenessProbe != nil && c.LivenessProbe.Exec != nil:
		return "livenessProbe"
	case c.ReadinessProbe != nil && c.ReadinessProbe.Exec != nil:
		return "readinessProbe"
	case c.StartupProbe != nil && c.StartupProbe.Exec != nil:
		return "startupProbe"
	}
	return ""
}

// podEnvironment: whoever decides which address the server's name leads to could
// stand in for the server, since not every transport of a framework checks host
// names.
func (p *Pod) podEnvironment() []Result {
	var results []Result
	if len(p.Spec.HostAliases) > 0 {
		results = append(results, p.fail(IDEnvironment, "hostAliases", "host names of its own", "use a Service or a DNS record", "they could lead to another server"))
	}
	if p.Spec.DNSPolicy == corev1.DNSNone || p.Spec.DNSConfig != nil {
		results = append(results, p.fail(IDEnvironment, "dnsConfig", "DNS of its own", "leave out dnsConfig and dnsPolicy: None", "it could lead to another server"))
	}
	if len(p.Spec.ResourceClaims) > 0 {
		results = append(results, p.fail(IDEnvironment, "resourceClaims", "devices by resource claims", "ask for devices in resources.limits", "the policy cannot bound them"))
	}
	return results
}
