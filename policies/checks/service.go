package checks

import (
	"fmt"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/equality"

	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// The checks of what leads connections to somewhere else.
const (
	IDService   = "service"
	IDEndpoints = "endpoints"
	IDIngress   = "ingress"
)

// Service evaluates where a Service leads: to pods of the namespace that it selects, and
// under a name that participants dial, only to a participant. The check labels makes sure
// that only a participant's pods have the participant's label. old is nil for a new one.
//
// Nor may it let connections from outside of the cluster in to a port that a framework keeps
// for pods, such as one that controls the federation.
//
// Fields: metadata.name, spec.type, spec.externalName, spec.selector, spec.externalIPs, spec.ports.
func Service(s, old *corev1.Service, site *compiled.Policy) []Result {
	if old != nil && leadsAsBefore(&s.Spec, &old.Spec) {
		if samePorts(s.Spec.Ports, old.Spec.Ports) {
			return nil
		}
		return openedPorts(s, site)
	}
	bad := func(field, reason, detail, fix string) []Result {
		return []Result{{ID: IDService, Field: field, Reason: reason, Detail: detail, Fix: fix + ", or " + fixGovern, Exempt: ExemptGovern}}
	}
	if isAPIServer(s.Name) {
		return bad("metadata.name", "the variables of this Service would replace the address of the API server", quote(s.Name), "use another name")
	}
	if len(s.Spec.ExternalIPs) > 0 {
		// Every node would send connections to these addresses here: CVE-2020-8554.
		return bad("spec.externalIPs", "the Service would take over addresses", quote(s.Spec.ExternalIPs[0]), "leave them out")
	}
	switch owner, dialed := site.ServiceOwner(s.Name); {
	case s.Spec.Type == corev1.ServiceTypeExternalName && !leadsToServer(s, site):
		return bad("spec.externalName", "the name does not lead to an FL server", quote(s.Spec.ExternalName),
			"list the server's namespace in spec.privacy.egress.servers, and use the Service of the same name in that namespace")
	case s.Spec.Type == corev1.ServiceTypeExternalName:
		return nil
	case len(s.Spec.Selector) == 0:
		return bad("spec.selector", "a Service without a selector", "its author chooses the addresses", "select pods of the namespace")
	case dialed && !selects(s.Spec.Selector, owner, site):
		return bad("spec.selector", "participants dial this name", quote(s.Name)+" must select the pods of a participant by the labels "+names.LabelParticipant+" and "+names.LabelRole+", and not its job pods",
			"select the participant's name and its role, or use another name")
	}
	return openedPorts(s, site)
}

// openedPorts finds private ports of frameworks behind a Service that can be reached from
// outside of the cluster. A name leads to the port that a pod gives this name; the check
// pod-fields denies another name for a private port.
func openedPorts(s *corev1.Service, site *compiled.Policy) []Result {
	if s.Spec.Type != corev1.ServiceTypeLoadBalancer && s.Spec.Type != corev1.ServiceTypeNodePort {
		return nil
	}
	var results []Result
	for i := range s.Spec.Ports {
		port, private := site.Profiles().PrivateName(s.Spec.Ports[i].TargetPort.StrVal)
		if number := targetNumber(&s.Spec.Ports[i]); number != 0 {
			port, private = site.Profiles().Private(number)
		}
		if private {
			results = append(results, Result{
				ID: IDService, Field: indexed("spec.ports", i) + ".targetPort", Reason: "a port that must not be reached from outside of the cluster",
				Detail: fmt.Sprintf("%d is %s", port.Number, port.For), Fix: "use the type ClusterIP for it, and another Service for the other ports, or " + fixGovern, Exempt: ExemptGovern,
			})
		}
	}
	return results
}

// targetNumber is the number of the port to which a port of a Service leads, or 0 if it
// leads to a named one.
func targetNumber(p *corev1.ServicePort) int32 {
	switch {
	case p.TargetPort.StrVal != "":
		return 0
	case p.TargetPort.IntVal != 0:
		return p.TargetPort.IntVal
	}
	return p.Port
}

// leadsAsBefore compares what decides where a Service leads.
func leadsAsBefore(a, b *corev1.ServiceSpec) bool {
	return a.Type == b.Type && a.ExternalName == b.ExternalName && maps.Equal(a.Selector, b.Selector) && slices.Equal(a.ExternalIPs, b.ExternalIPs)
}

// samePorts compares the ports to which a Service leads.
func samePorts(a, b []corev1.ServicePort) bool {
	return slices.EqualFunc(a, b, func(x, y corev1.ServicePort) bool { return x.Port == y.Port && x.TargetPort == y.TargetPort })
}

// leadsToServer says whether an ExternalName is the Service of the same name in the
// namespace of an FL server.
func leadsToServer(s *corev1.Service, site *compiled.Policy) bool {
	service, namespace, ok := site.Cluster().ServiceOf(strings.ToLower(strings.TrimSuffix(s.Spec.ExternalName, ".")))
	return ok && service == s.Name && site.ServerIn(namespace)
}

// selects says whether a selector selects only pods of the participant that are no job
// pods. These have the participant's label too, and run what a user submitted.
func selects(selector map[string]string, owner string, site *compiled.Policy) bool {
	value, ok := selector[names.LabelParticipant]
	role, named := selector[names.LabelRole]
	return ok && named && role != string(v1alpha1.RoleJob) && (value == owner || (owner == "" && site.Labelled(value)))
}

// isAPIServer says whether a Service of that name gives the variables
// KUBERNETES_SERVICE_HOST or KUBERNETES_SERVICE_PORT to the pods of its namespace.
// Source: pkg/kubelet/envvars/envvars.go, v1.37.
func isAPIServer(service string) bool {
	return service == "kubernetes" || service == "kubernetes-service"
}

// Endpoints denies addresses that a user writes: the controllers of Kubernetes write those
// of the pods that a Service selects (CVE-2021-25740).
//
// Fields: the user of the request.
func Endpoints(user string) []Result {
	if slices.Contains(endpointControllers(), user) {
		return nil
	}
	return []Result{{
		ID: IDEndpoints, Field: "metadata.name", Reason: "only the controllers of Kubernetes may write addresses of Services", Detail: quote(user) + " could lead connections anywhere",
		Fix: "use a Service that selects pods, or " + fixGovern, Exempt: ExemptGovern,
	}}
}

// endpointControllers are the users that write endpoints. Source: kube-controller-manager,
// pkg/controller/{endpoint,endpointslice,endpointslicemirroring}, v1.37; the last one is
// the user of all of them without --use-service-account-credentials.
func endpointControllers() []string {
	return []string{
		"system:serviceaccount:kube-system:endpoint-controller",
		"system:serviceaccount:kube-system:endpointslice-controller",
		"system:serviceaccount:kube-system:endpointslicemirroring-controller",
		"system:kube-controller-manager",
	}
}

// Ingress evaluates an Ingress, which lets connections from outside of the cluster in. Its
// backends may not be Services that participants dial, and its hosts not names that they
// dial. old is nil for a new one.
//
// Fields: spec.defaultBackend, spec.rules.
func Ingress(in, old *networkingv1.Ingress, site *compiled.Policy) []Result {
	if old != nil && equality.Semantic.DeepEqual(in.Spec, old.Spec) {
		return nil
	}
	results := backend("spec.defaultBackend", in.Spec.DefaultBackend, site)
	for i := 0; i < len(in.Spec.Rules) && len(results) < mostConnections; i++ {
		rule, field := &in.Spec.Rules[i], indexed("spec.rules", i)
		if site.Dialed(rule.Host) {
			results = append(results, Result{
				ID: IDIngress, Field: field + ".host", Reason: "participants dial this host", Detail: quote(rule.Host), Fix: "use another host, or " + fixGovern, Exempt: ExemptGovern,
			})
		}
		if rule.HTTP == nil {
			continue
		}
		for j := 0; j < len(rule.HTTP.Paths) && len(results) < mostConnections; j++ {
			results = append(results, backend(field+"."+indexed("http.paths", j)+".backend", &rule.HTTP.Paths[j].Backend, site)...)
		}
	}
	return results
}

func backend(field string, b *networkingv1.IngressBackend, site *compiled.Policy) []Result {
	switch {
	case b == nil:
		return nil
	case b.Service == nil:
		return []Result{{
			ID: IDIngress, Field: field, Reason: "a backend that is not a Service", Detail: "it is unknown where it leads", Fix: "name a Service, or " + fixGovern, Exempt: ExemptGovern,
		}}
	}
	if _, dialed := site.ServiceOwner(b.Service.Name); dialed {
		return []Result{{
			ID: IDIngress, Field: field + ".service.name", Reason: "the Service of a participant", Detail: quote(b.Service.Name) + " would be reachable from outside of the cluster",
			Fix: "name another Service, or " + fixGovern, Exempt: ExemptGovern,
		}}
	}
	return nil
}
