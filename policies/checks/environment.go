package checks

import (
	"iter"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// environment denies the fields with which an allowed command in an allowed image could
// still run other code.
//
// Fields: workingDir, env, envFrom, lifecycle, the probes, terminationMessagePath,
// volumeDevices; hostAliases, dnsPolicy, dnsConfig, resourceClaims of the pod.
func environment(p *Pod) []Result {
	results := p.podEnvironment()
	for _, c := range p.containers {
		results = append(results, p.containerEnvironment(c)...)
		d := p.Demand(c)
		if d == nil {
			continue // the check containers denies it
		}
		for _, problem := range d.Grammar.Environment(c.Container) {
			if p.allowsVariable(c.Container, problem.Unlisted) || p.findsAuthorities(c.Container, problem.Unlisted) {
				continue
			}
			fix := problem.Fix
			if problem.Unlisted != "" {
				fix += "; or add it to spec.environment.allowed of the policy and use a literal value"
			}
			reason := "an environment variable that is not allowed"
			if problem.Field == "env" {
				reason = "a missing environment variable"
			}
			results = append(results, p.failIn(c, IDEnvironment, problem.Field, reason, fix, "%s", oneLine(problem.Detail)))
		}
	}
	return results
}

// allowsVariable says whether the policy allows a variable that the framework does not use,
// with all values that the container has for it. Kubernetes expands $(…).
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

// findsAuthorities says whether a variable leads to the authorities that the container has from
// the policy.
func (p *Pod) findsAuthorities(c *corev1.Container, name string) bool {
	named := func(e corev1.EnvVar) bool { return e.Name == name }
	known := profiles.AuthorityVariables()
	at := slices.IndexFunc(known, named)
	if at < 0 {
		return false
	}
	for i := range c.Env {
		if e := &c.Env[i]; named(*e) && (e.ValueFrom != nil || e.Value != known[at].Value) {
			return false
		}
	}
	return slices.ContainsFunc(c.VolumeMounts, func(m corev1.VolumeMount) bool {
		source, _ := p.volume(m.Name)
		return source == profiles.SourceAuthorities && m.MountPath == profiles.Authorities
	})
}

func (p *Pod) containerEnvironment(c Container) []Result {
	var results []Result
	add := func(field, reason, fix, detail string) {
		results = append(results, p.failIn(c, IDEnvironment, field, reason, fix, "%s", detail))
	}
	if c.WorkingDir != "" {
		add("workingDir", "a working directory", "remove it", "python -m loads code from "+quote(c.WorkingDir)+" first")
	}
	if len(c.EnvFrom) > 0 {
		add("envFrom", "variables from another object", "list each variable in env", "their names and values are unknown")
	}
	if field := lifecycleHook(c.Lifecycle); field != "" {
		add(field, "a lifecycle hook", "remove it, or use a preStop hook that only sleeps", "it runs another command, or calls another server")
	}
	for name, probe := range probes(c.Container) {
		switch {
		case probe.Exec != nil && !p.allowsProbe(c, probe.Exec):
			add(name+".exec", "an exec probe", "use a tcpSocket probe", "it runs another command in the container")
		case probeHost(probe) != "":
			add(name, "a probe of another host", "remove its host", "the node would connect to "+quote(probeHost(probe)))
		}
	}
	// The kubelet mounts a file at this path, which could hide one of the image.
	if c.TerminationMessagePath != "" && c.TerminationMessagePath != corev1.TerminationMessagePathDefault {
		add("terminationMessagePath", "another path for the termination message", "remove it", quote(c.TerminationMessagePath))
	}
	if len(c.VolumeDevices) > 0 {
		add("volumeDevices", "a raw block device", "mount the claim as a file system", quote(c.VolumeDevices[0].DevicePath))
	}
	if c.Stdin || c.TTY {
		add("stdin", "an open standard input", "remove stdin and tty", "users who attach could send input to the process")
	}
	return results
}

// allowsProbe says whether an exec probe is the one that the framework's profile has for the
// container.
func (p *Pod) allowsProbe(c Container, probe *corev1.ExecAction) bool {
	d := p.Demand(c)
	return d != nil && len(d.Probe) > 0 && slices.Equal(d.Probe, probe.Command)
}

// lifecycleHook finds a hook that does more than sleep before the container ends.
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

// probes visits the probes of a container.
func probes(c *corev1.Container) iter.Seq2[string, *corev1.Probe] {
	return func(yield func(string, *corev1.Probe) bool) {
		_ = (c.LivenessProbe == nil || yield("livenessProbe", c.LivenessProbe)) &&
			(c.ReadinessProbe == nil || yield("readinessProbe", c.ReadinessProbe)) &&
			(c.StartupProbe == nil || yield("startupProbe", c.StartupProbe))
	}
}

// probeHost is the host of a probe, or "" for the pod itself.
func probeHost(p *corev1.Probe) string {
	switch {
	case p.HTTPGet != nil:
		return p.HTTPGet.Host
	case p.TCPSocket != nil:
		return p.TCPSocket.Host
	}
	return ""
}

// podEnvironment denies fields that change how host names are resolved: they could make
// a participant dial another server, and not every transport of a framework verifies
// host names.
func (p *Pod) podEnvironment() []Result {
	var results []Result
	for i := range p.Spec.HostAliases {
		alias := &p.Spec.HostAliases[i]
		listed := func(host string) bool { return p.Site.HasAddress(host, alias.IP) }
		if other := slices.IndexFunc(alias.Hostnames, func(host string) bool { return !listed(host) }); other >= 0 || len(alias.Hostnames) == 0 {
			host := ""
			if other >= 0 {
				host = alias.Hostnames[other]
			}
			results = append(results, p.fail(IDEnvironment, indexed("hostAliases", i), "a host name that could lead to another server",
				"use a Service or a DNS record, or add the address to the host in spec.privacy.egress.servers of the policy", "%s at %s", quote(host), quote(alias.IP)))
		}
	}
	if p.Spec.DNSPolicy == corev1.DNSNone || p.Spec.DNSConfig != nil {
		results = append(results, p.fail(IDEnvironment, "dnsConfig", "another DNS configuration", "remove dnsConfig and dnsPolicy: None", "it could lead to another server"))
	}
	if len(p.Spec.ResourceClaims) > 0 {
		results = append(results, p.fail(IDEnvironment, "resourceClaims", "devices from resource claims", "request devices in resources.limits", "the policy cannot limit them"))
	}
	return results
}
