package checks

import (
	"strconv"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// podFields evaluates the fields of a pod that no other check does: those for its node, its
// names and its groups, and fields that are unknown to this version. The table in
// fields_test.go says which fields may have any value, and why.
//
// Every pod: unknown fields, and nodeName of a new pod, since a pod with nodeName needs no
// binding and its author chooses the node.
// Participants: containers[*].ports[*].name, enableServiceLinks, schedulerName, affinity,
// topologySpreadConstraints, schedulingGroup, evictionResponders, hostname, subdomain,
// hostnameOverride, setHostnameAsFQDN, os; sysctls, supplementalGroups, windowsOptions and
// runAsGroup of the securityContext.
func podFields(p *Pod) []Result {
	results := append(p.unknownFields(), p.namedNode()...)
	if !p.closed() {
		return results
	}
	results = append(results, p.scheduling()...)
	results = append(results, p.hostNames()...)
	results = append(results, p.serviceLinks()...)
	results = append(results, p.portNames()...)
	return append(results, p.groups()...)
}

// closed says whether every field of the pod must be allowed: for a participant, and for a
// receiver of a kit.
func (p *Pod) closed() bool { return p.Federated || p.isReceiver() }

// unknownFields denies fields of a later version of Kubernetes, which could refer to a
// Secret, a device or another volume.
func (p *Pod) unknownFields() []Result {
	return unknownFields(p.Unknown, Result{ID: IDPodFields})
}

// UnknownFields denies fields of a later version of Kubernetes in the spec of a Service, an
// Ingress, a NetworkPolicy, a claim or a snapshot: they could lead connections, or copy
// data. paths are those that the request adds, id is the check of the object.
func UnknownFields(id string, paths []string) []Result {
	return unknownFields(paths, Result{ID: id, Exempt: ExemptGovern})
}

func unknownFields(paths []string, of Result) []Result {
	var results []Result
	for _, path := range paths {
		of.Field, of.Reason = oneLine(path), "a field that is unknown to this version of kubectl-flare"
		of.Detail, of.Fix = "it cannot be evaluated", "remove it, or ask a cluster admin to update the webhook"
		results = append(results, of)
	}
	return results
}

// namedNode allows only nodes to set nodeName to their own name: the kubelet does so for the
// mirror pod of a static pod, which runs in any case.
func (p *Pod) namedNode() []Result {
	if !p.Create || p.Spec.NodeName == "" || p.User == "system:node:"+p.Spec.NodeName {
		return nil
	}
	return []Result{p.fail(IDPodFields, "nodeName", "the pod sets its node", "remove it: only the scheduler may choose nodes", "%s", quote(p.Spec.NodeName))}
}

// portNames denies other names for ports that the framework keeps for pods of the cluster: a
// Service leads to a name, whatever its number.
func (p *Pod) portNames() []Result {
	keeper, ok := p.Profile.(profiles.PortKeeper)
	if !ok {
		return nil
	}
	var results []Result
	for _, private := range keeper.PrivatePorts() {
		for _, c := range p.containers {
			for i := range c.Ports {
				if name := c.Ports[i].Name; c.Ports[i].ContainerPort == private.Number && name != "" && name != private.Name {
					results = append(results, p.failIn(c, IDPodFields, indexed("ports", i)+".name", "another name for a private port", "name it "+quote(private.Name)+", or remove the name",
						"%s leads to %d, which is %s", quote(name), private.Number, private.For))
				}
			}
		}
	}
	return results
}

// defaultScheduler is the name of the scheduler that every cluster has.
const defaultScheduler = corev1.DefaultSchedulerName

// scheduling denies fields that influence the choice of the node, since other users may have
// access to its memory and disks. A node selector and tolerations of the policy are enough.
func (p *Pod) scheduling() []Result {
	const fix = "remove it, and use a nodeSelector and tolerations in spec.placement of the policy"
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
			"remove it, or ask a cluster admin to install the webhook with --binder and the scheduler's user", "only the default scheduler may bind pods, not %s", quote(name)))
	}
	if os := p.Spec.OS; os != nil && os.Name != corev1.Linux {
		results = append(results, p.fail(IDPodFields, "os", "another operating system", "remove it", "%s, for which pod security has fewer rules", quote(string(os.Name))))
	}
	return results
}

// hostNames denies other host names than the pod's name, since the host name of a pod
// resolves to the pod itself. A StatefulSet sets the pods' own names.
func (p *Pod) hostNames() []Result {
	const reason, fix = "another host name", "remove it: the pod's name is its host name"
	var results []Result
	own := p.Spec.Hostname == p.Meta.Name && p.Meta.Name != ""
	if p.Spec.Hostname != "" && !own {
		results = append(results, p.fail(IDPodFields, "hostname", reason, fix, "%s could be the name of another participant", quote(p.Spec.Hostname)))
	}
	if p.Spec.Subdomain != "" && !own {
		results = append(results, p.fail(IDPodFields, "subdomain", reason, fix, "%s, without the pod's name as hostname", quote(p.Spec.Subdomain)))
	}
	if override := p.Spec.HostnameOverride; override != nil && *override != "" {
		results = append(results, p.fail(IDPodFields, "hostnameOverride", reason, fix, "%s could be the name of another participant", quote(*override)))
	}
	if fqdn := p.Spec.SetHostnameAsFQDN; fqdn != nil && *fqdn {
		results = append(results, p.fail(IDPodFields, "setHostnameAsFQDN", reason, fix, "the host name would not be the pod's name"))
	}
	return results
}

// serviceLinks requires that the names of Services do not become variables: those of a
// Service "kubernetes" of the namespace would replace the address of the API server, and the
// launcher would send its token there. Kubernetes' default is true.
// Source: pkg/kubelet/kubelet_pods.go (getServiceEnvVarMap), v1.37.
func (p *Pod) serviceLinks() []Result {
	if links := p.Spec.EnableServiceLinks; links != nil && !*links {
		return nil
	}
	return []Result{p.fail(IDPodFields, "enableServiceLinks", "variables with the addresses of Services", "set it to false",
		"a Service of the namespace could replace the address of the API server")}
}

// groups denies groups other than the policy's, to which other files on a participant's
// volumes may belong, and other kernel settings than those of the node.
func (p *Pod) groups() []Result {
	var results []Result
	if s := p.Spec.SecurityContext; s != nil {
		for _, f := range [...]struct {
			set                   bool
			field, reason, detail string
		}{
			{len(s.Sysctls) > 0, "sysctls", "kernel settings", "only the node's administrator may change them"},
			{len(s.SupplementalGroups) > 0, "supplementalGroups", "additional groups", "they may own files of others"},
			{s.WindowsOptions != nil, "windowsOptions", "options of another operating system", "participants run on Linux"},
		} {
			if f.set {
				results = append(results, p.fail(IDPodFields, "securityContext."+f.field, f.reason, "remove it", "%s", f.detail))
			}
		}
		if detail := p.groupProblem(s.RunAsGroup); detail != "" {
			results = append(results, p.fail(IDPodFields, "securityContext.runAsGroup", "not the policy's group", "remove it, or set the policy's fsGroup", "%s", detail))
		}
	}
	for _, c := range p.containers {
		s := c.SecurityContext
		if s == nil {
			continue
		}
		if detail := p.groupProblem(s.RunAsGroup); detail != "" {
			results = append(results, p.failIn(c, IDPodFields, "securityContext.runAsGroup", "not the policy's group", "remove it, or set the policy's fsGroup", "%s", detail))
		}
		if s.WindowsOptions != nil {
			results = append(results, p.failIn(c, IDPodFields, "securityContext.windowsOptions", "options of another operating system", "remove it", "participants run on Linux"))
		}
	}
	return results
}

// groupProblem allows the policy's fsGroup or, if the policy has none, any group but root's.
func (p *Pod) groupProblem(group *int64) string {
	want := p.Policy.PodSecurity.FSGroup
	switch {
	case group == nil || !p.Federated:
		return ""
	case want != nil && *group != *want:
		return "it must be " + strconv.FormatInt(*want, 10)
	case *group == 0:
		return "0 is the group of root"
	}
	return ""
}
