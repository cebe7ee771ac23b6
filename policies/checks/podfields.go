package checks

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"
)

// podFields closes the fields of a pod that no other check evaluates: those which
// choose its node, its names and its groups, and those which this version does not
// know. What of a pod may be anything, and why, the table in fields_test.go says.
//
// Every pod: fields that are not known, and nodeName when it is made: a pod that names its node needs no
// binding, and lands where its author likes.
// Participants: schedulerName, affinity, topologySpreadConstraints, schedulingGroup, evictionResponders, hostname,
// subdomain, hostnameOverride, setHostnameAsFQDN, os; sysctls, supplementalGroups, windowsOptions and runAsGroup
// of the securityContext.
func podFields(p *Pod) []Result {
	results := append(p.unknownFields(), p.namedNode()...)
	if !p.closed() {
		return results
	}
	results = append(results, p.scheduling()...)
	results = append(results, p.hostNames()...)
	return append(results, p.groups()...)
}

// closed says whether every field of the pod needs a decision: that of a participant,
// and of one that takes a kit to its volume.
func (p *Pod) closed() bool { return p.Federated || p.isReceiver() }

// unknownFields: what a field of a later Kubernetes does is not known here. It
// may name a Secret, a device or another volume.
func (p *Pod) unknownFields() []Result {
	var results []Result
	for _, path := range p.Unknown {
		results = append(results, Result{
			ID: IDPodFields, Field: oneLine(path), Reason: "a field that this version of kubectl-flare does not know",
			Detail: "what it does cannot be evaluated", Fix: "leave it out, or have a cluster admin update the webhook",
		})
	}
	return results
}

// namedNode lets a node name itself: the kubelet makes the mirror of a static pod, which runs
// anyway.
func (p *Pod) namedNode() []Result {
	if !p.Create || p.Spec.NodeName == "" || p.User == "system:node:"+p.Spec.NodeName {
		return nil
	}
	return []Result{p.fail(IDPodFields, "nodeName", "the pod names its node", "leave it out: only the scheduler chooses nodes", "%s", quote(p.Spec.NodeName))}
}

// defaultScheduler is the name of the scheduler that every cluster has.
const defaultScheduler = corev1.DefaultSchedulerName

// scheduling: who chooses the node chooses who else can read its memory and disks. A
// node selector and tolerations that the policy lists are enough.
func (p *Pod) scheduling() []Result {
	const fix = "leave it out; steer the pod with a nodeSelector and tolerations that the policy's spec.placement lists"
	var results []Result
	for _, f := range [...]struct {
		set           bool
		field, reason string
	}{
		{p.Spec.Affinity != nil, "affinity", "affinity"},
		{len(p.Spec.TopologySpreadConstraints) > 0, "topologySpreadConstraints", "topology spread constraints"},
		{p.Spec.SchedulingGroup != nil, "schedulingGroup", "a scheduling group"},
		{len(p.Spec.EvictionResponders) > 0, "evictionResponders", "eviction responders"},
	} {
		if f.set {
			results = append(results, p.fail(IDPodFields, f.field, f.reason, fix, "a participant's pod may not have this field"))
		}
	}
	if name := p.Spec.SchedulerName; name != "" && name != defaultScheduler && len(p.Facts.Binders) == 0 {
		results = append(results, p.fail(IDPodFields, "schedulerName", "another scheduler",
			"leave it out, or have a cluster admin name the scheduler's user with --binder when installing the webhook", "%s may bind no pods here", quote(name)))
	}
	if os := p.Spec.OS; os != nil && os.Name != corev1.Linux {
		results = append(results, p.fail(IDPodFields, "os", "another operating system", "leave it out", "%s: pod security asks less of such pods", quote(string(os.Name))))
	}
	return results
}

// hostNames: in its own pod a host name leads to the pod itself. A StatefulSet gives its
// pods their own name, which is what they have anyway.
func (p *Pod) hostNames() []Result {
	const reason, fix = "a host name of its own", "leave it out: the pod's name is its host name"
	var results []Result
	own := p.Spec.Hostname == p.Meta.Name && p.Meta.Name != ""
	if p.Spec.Hostname != "" && !own {
		results = append(results, p.fail(IDPodFields, "hostname", reason, fix, "%s could be the name of another participant", quote(p.Spec.Hostname)))
	}
	if p.Spec.Subdomain != "" && !own {
		results = append(results, p.fail(IDPodFields, "subdomain", reason, fix, "%s, without the pod's own name as hostname", quote(p.Spec.Subdomain)))
	}
	if override := p.Spec.HostnameOverride; override != nil && *override != "" {
		results = append(results, p.fail(IDPodFields, "hostnameOverride", reason, fix, "%s could be the name of another participant", quote(*override)))
	}
	if fqdn := p.Spec.SetHostnameAsFQDN; fqdn != nil && *fqdn {
		results = append(results, p.fail(IDPodFields, "setHostnameAsFQDN", reason, fix, "the host name would be more than the pod's name"))
	}
	return results
}

// groups keeps a participant out of groups that other files of its volumes belong to, and its
// kernel settings as the node has them.
func (p *Pod) groups() []Result {
	var results []Result
	if s := p.Spec.SecurityContext; s != nil {
		for _, f := range [...]struct {
			set                   bool
			field, reason, detail string
		}{
			{len(s.Sysctls) > 0, "sysctls", "kernel settings", "they belong to the node's administrator"},
			{len(s.SupplementalGroups) > 0, "supplementalGroups", "further groups", "they may own files that are not the participant's"},
			{s.WindowsOptions != nil, "windowsOptions", "options of another operating system", "participants run on Linux"},
		} {
			if f.set {
				results = append(results, p.fail(IDPodFields, "securityContext."+f.field, f.reason, "leave it out", "%s", f.detail))
			}
		}
		if detail := p.groupProblem(s.RunAsGroup); detail != "" {
			results = append(results, p.fail(IDPodFields, "securityContext.runAsGroup", "not the policy's group", "leave it out, or set the policy's fsGroup", "%s", detail))
		}
	}
	for c := range Containers(p.Spec) {
		s := c.SecurityContext
		if s == nil {
			continue
		}
		if detail := p.groupProblem(s.RunAsGroup); detail != "" {
			results = append(results, p.failIn(c, IDPodFields, "securityContext.runAsGroup", "not the policy's group", "leave it out, or set the policy's fsGroup", "%s", detail))
		}
		if s.WindowsOptions != nil {
			results = append(results, p.failIn(c, IDPodFields, "securityContext.windowsOptions", "options of another operating system", "leave it out", "participants run on Linux"))
		}
	}
	return results
}

// groupProblem takes the policy's fsGroup, and any group but root's where the policy
// names none.
func (p *Pod) groupProblem(group *int64) string {
	want := p.Policy.PodSecurity.FSGroup
	switch {
	case group == nil || !p.Federated:
		return ""
	case want != nil && *group != *want:
		return "it must be " + strconv.FormatInt(*want, 10)
	case *group == 0:
		return "0 is root's"
	}
	return ""
}
