package checks

import (
	"iter"
	"strings"

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
			if p.allowsVariable(c.Container, problem.Unlisted) {
				continue
			}
			fix := problem.Fix
			if problem.Unlisted != "" {
				fix += "; or let the policy's spec.environment.allowed name it, and give a literal value"
			}
			results = append(results, p.failIn(c, IDEnvironment, problem.Field, "an environment variable that is not allowed", fix, "%s", oneLine(problem.Detail)))
		}
	}
	return results
}

// allowsVariable says whether the policy takes a variable that the framework does
// not know, with every value that the container gives it. Kubernetes expands $(…).
func (p *Pod) allowsVariable(c *corev1.Container, name string) bool {
	if name == "" || !p.Site.AllowsVariable(name) {
		return false
	}
	for i := range c.Env {
		if e := &c.Env[i]; e.Name == name && (e.ValueFrom != nil || strings.Contains(e.Value, "$(")) {
			return false
		}
	}
	return true
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
	if field := lifecycleHook(c.Lifecycle); field != "" {
		add(field, "a lifecycle hook", "leave it out, or let preStop sleep", "it runs a command of its own in the container, or calls one elsewhere")
	}
	for name, probe := range probes(c.Container) {
		switch {
		case probe.Exec != nil:
			add(name+".exec", "an exec probe", "use a tcpSocket probe", "it runs a command of its own in the container")
		case probeHost(probe) != "":
			add(name, "a probe of another host", "leave out its host", "the node would connect to "+quote(probeHost(probe)))
		}
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

// lifecycleHook finds a hook that does more than to wait before the container ends.
func lifecycleHook(l *corev1.Lifecycle) string {
	switch {
	case l == nil:
		return ""
	case l.PostStart != nil:
		return "lifecycle.postStart"
	case l.PreStop != nil && (l.PreStop.Sleep == nil || l.PreStop.Exec != nil || l.PreStop.HTTPGet != nil || l.PreStop.TCPSocket != nil):
		return "lifecycle.preStop"
	}
	return ""
}

// probes visits those that a container has.
func probes(c *corev1.Container) iter.Seq2[string, *corev1.Probe] {
	return func(yield func(string, *corev1.Probe) bool) {
		_ = (c.LivenessProbe == nil || yield("livenessProbe", c.LivenessProbe)) &&
			(c.ReadinessProbe == nil || yield("readinessProbe", c.ReadinessProbe)) &&
			(c.StartupProbe == nil || yield("startupProbe", c.StartupProbe))
	}
}

// probeHost is the host that a probe names, "" for the pod itself.
func probeHost(p *corev1.Probe) string {
	switch {
	case p.HTTPGet != nil:
		return p.HTTPGet.Host
	case p.TCPSocket != nil:
		return p.TCPSocket.Host
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
