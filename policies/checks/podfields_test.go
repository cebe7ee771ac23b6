package checks_test

import (
	"testing"

	corev1 "k8s.io/api/core/v1"
)

func TestNodesAndSchedulers(t *testing.T) {
	node := func(user string) func(*world) {
		return func(w *world) { w.Spec.NodeName, w.request.User = "node0", user }
	}
	runCases(t, map[string]testCase{
		"a node":                {"client", node("alice"), []string{`pod-fields: spec.nodeName: the pod sets its node: "node0"`}},
		"a node of an other":    {"other", node("alice"), []string{"pod-fields: the pod sets its node"}},
		"a node in a template":  {"client", func(w *world) { node("alice")(w); w.request.Template, w.request.Prefix = true, "spec.template" }, []string{"pod-fields: spec.template.spec.nodeName"}},
		"where it runs":         {"client", func(w *world) { node("alice")(w); w.request.Create = false }, nil},
		"a static pod's mirror": {"other", node("system:node:node0"), nil},
		"another node's mirror": {"other", node("system:node:node1"), []string{"pod-fields: the pod sets its node"}},
		"a scheduler":           {"client", func(w *world) { w.Spec.SchedulerName = "volcano" }, []string{`pod-fields: spec.schedulerName: another scheduler: only the default scheduler may bind pods, not "volcano"`}},
		"a scheduler that may bind": {"client", func(w *world) {
			w.Spec.SchedulerName, w.facts.Binders = "volcano", []string{"system:serviceaccount:volcano-system:volcano-scheduler"}
		},
			nil},
		"the default scheduler": {"client", func(w *world) { w.Spec.SchedulerName = "default-scheduler" }, nil},
		"a scheduler, other":    {"other", func(w *world) { w.Spec.SchedulerName = "volcano" }, nil},
		"affinity":              {"client", func(w *world) { w.Spec.Affinity = &corev1.Affinity{} }, []string{"pod-fields: spec.affinity"}},
		"affinity of an other":  {"other", func(w *world) { w.Spec.Affinity = &corev1.Affinity{} }, nil},
		"spread":                {"job", func(w *world) { w.Spec.TopologySpreadConstraints = make([]corev1.TopologySpreadConstraint, 1) }, []string{"pod-fields: spec.topologySpreadConstraints"}},
		"a group":               {"client", func(w *world) { w.Spec.SchedulingGroup = &corev1.PodSchedulingGroup{PodGroupName: new("g")} }, []string{"pod-fields: spec.schedulingGroup"}},
		"responders":            {"client", func(w *world) { w.Spec.EvictionResponders = make([]corev1.EvictionResponder, 1) }, []string{"pod-fields: spec.evictionResponders"}},
		"Windows":               {"client", func(w *world) { w.Spec.OS = &corev1.PodOS{Name: corev1.Windows} }, []string{`pod-fields: spec.os: another operating system: "windows"`}},
		"Linux":                 {"client", func(w *world) { w.Spec.OS = &corev1.PodOS{Name: corev1.Linux} }, nil},
		"without its kit":       {"client", func(w *world) { w.facts.Kits = nil; w.Spec.Affinity = &corev1.Affinity{} }, []string{"pod-fields: spec.affinity", "kit: "}},
	})
}

func TestServiceLinks(t *testing.T) {
	links := func(value *bool) func(*world) {
		return func(w *world) { w.Spec.EnableServiceLinks = value }
	}
	runCases(t, map[string]testCase{
		"on":              {"client", links(new(true)), []string{"pod-fields: spec.enableServiceLinks: variables with the addresses of Services"}},
		"by default":      {"job", links(nil), []string{"pod-fields: spec.enableServiceLinks"}},
		"off":             {"client", links(new(false)), nil},
		"on, of an other": {"other", links(new(true)), nil},
		"without its kit": {"client", func(w *world) { w.facts.Kits = nil; w.Spec.EnableServiceLinks = nil }, []string{"pod-fields: spec.enableServiceLinks", "kit: "}},
	})
}

func TestHostNames(t *testing.T) {
	runCases(t, map[string]testCase{
		"another's":           {"client", func(w *world) { w.Spec.Hostname = "server1" }, []string{`pod-fields: spec.hostname: another host name: "server1"`}},
		"of an other":         {"other", func(w *world) { w.Spec.Hostname = "server1" }, nil},
		"a StatefulSet's pod": {"client", func(w *world) { w.Spec.Hostname, w.Spec.Subdomain = w.Name, "fl" }, nil},
		"in a template":       {"client", func(w *world) { w.Name = ""; w.Spec.Hostname = "client-0" }, []string{"pod-fields: spec.hostname"}},
		"a subdomain alone":   {"client", func(w *world) { w.Spec.Subdomain = "fl" }, []string{"pod-fields: spec.subdomain"}},
		"both another's":      {"client", func(w *world) { w.Spec.Hostname, w.Spec.Subdomain = "server1", "fl" }, []string{"pod-fields: spec.hostname", "pod-fields: spec.subdomain"}},
		"an override":         {"client", func(w *world) { w.Spec.HostnameOverride = new("server1") }, []string{"pod-fields: spec.hostnameOverride"}},
		"no override":         {"client", func(w *world) { w.Spec.HostnameOverride = new("") }, nil},
		"a long one":          {"client", func(w *world) { w.Spec.SetHostnameAsFQDN = new(true) }, []string{"pod-fields: spec.setHostnameAsFQDN"}},
		"a short one":         {"client", func(w *world) { w.Spec.SetHostnameAsFQDN = new(false) }, nil},
	})
}

func TestGroups(t *testing.T) {
	pod := func(group int64) func(*world) {
		return func(w *world) { w.Spec.SecurityContext.RunAsGroup = &group }
	}
	unnamed := func(change func(*world)) func(*world) {
		return func(w *world) { w.policy.Spec.PodSecurity.FSGroup = nil; change(w) }
	}
	windows := &corev1.WindowsSecurityContextOptions{RunAsUserName: new("ContainerAdministrator")}
	runCases(t, map[string]testCase{
		"the policy's":    {"client", pod(65532), nil},
		"another group":   {"client", pod(7), []string{"pod-fields: spec.securityContext.runAsGroup: not the policy's group: it must be 65532"}},
		"of a container":  {"client", func(w *world) { w.main().SecurityContext.RunAsGroup = new(int64(0)) }, []string{`pod-fields: container "nvflare" (spec.containers[0].securityContext.runAsGroup)`}},
		"of an other":     {"other", pod(7), nil},
		"by the platform": {"client", unnamed(pod(1000680000)), nil},
		"root's":          {"client", unnamed(pod(0)), []string{"pod-fields: 0 is the group of root"}},
		"further groups":  {"client", func(w *world) { w.Spec.SecurityContext.SupplementalGroups = []int64{7} }, []string{"pod-fields: spec.securityContext.supplementalGroups"}},
		"further, other":  {"other", func(w *world) { w.Spec.SecurityContext.SupplementalGroups = []int64{7} }, nil},
		"strict groups": {"client", func(w *world) {
			w.Spec.SecurityContext.SupplementalGroupsPolicy = new(corev1.SupplementalGroupsPolicyStrict)
		}, nil},
		"sysctls": {"client", func(w *world) {
			w.Spec.SecurityContext.Sysctls = []corev1.Sysctl{{Name: "net.ipv4.ip_local_port_range", Value: "1 9"}}
		}, []string{"pod-fields: spec.securityContext.sysctls"}},
		"sysctls of an other": {"other", func(w *world) {
			w.Spec.SecurityContext.Sysctls = []corev1.Sysctl{{Name: "net.ipv4.ip_local_port_range", Value: "1 9"}}
		}, nil},
		"Windows options":    {"client", func(w *world) { w.Spec.SecurityContext.WindowsOptions = windows }, []string{"pod-fields: spec.securityContext.windowsOptions"}},
		"of Windows, inside": {"client", func(w *world) { w.main().SecurityContext.WindowsOptions = windows }, []string{"pod-fields: spec.containers[0].securityContext.windowsOptions"}},
		"a host process": {"other", func(w *world) {
			w.policy.Spec.PodSecurity.Level = "privileged"
			w.Spec.SecurityContext.WindowsOptions = &corev1.WindowsSecurityContextOptions{HostProcess: new(true)}
		}, []string{"host: spec.securityContext.windowsOptions.hostProcess"}},
		"a host process, inside": {"other", func(w *world) {
			w.policy.Spec.PodSecurity.Level = "privileged"
			w.main().SecurityContext.WindowsOptions = &corev1.WindowsSecurityContextOptions{HostProcess: new(true)}
		}, []string{"host: spec.containers[0].securityContext.windowsOptions.hostProcess"}},
	})
}

func TestUnknownFields(t *testing.T) {
	later := func(w *world) { w.request.Unknown = []string{"spec.later", "spec.containers[0].even"} }
	want := []string{"pod-fields: spec.later: a field that is unknown to this version of kubectl-flare", "pod-fields: spec.containers[0].even: a field"}
	runCases(t, map[string]testCase{
		"of a participant": {"client", later, want}, "of a job": {"job", later, want}, "of an other": {"other", later, want},
	})
}

// The rules for participants also apply to receivers of kits.
func TestReceiversAreClosed(t *testing.T) {
	runCases(t, map[string]testCase{
		"a runtime class":     {"volume/other", receiver(func(w *world) { w.Spec.RuntimeClassName = new("x") }), []string{"placement: the RuntimeClass"}},
		"affinity":            {"volume/other", receiver(func(w *world) { w.Spec.Affinity = &corev1.Affinity{} }), []string{"pod-fields: spec.affinity"}},
		"an annotation":       {"volume/other", receiver(annotate("example.org/a")), []string{"placement: example.org/a"}},
		"another pull policy": {"volume/other", receiver(func(w *world) { w.main().ImagePullPolicy = corev1.PullAlways }), nil},
	})
}
