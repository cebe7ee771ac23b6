package checks

import (
	"fmt"
	"slices"

	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// IDNetworkPolicy is the check of NetworkPolicies.
const IDNetworkPolicy = "network-policy"

const fixGovern = "ask a user with the verb govern on the SitePolicy"

// NetworkPolicy evaluates a NetworkPolicy, whose rules add up with those of all others: it
// may open connections inside of the namespace, and to the outside what
// spec.privacy.egress lists. old is nil for a new one.
//
// Fields: spec.
func NetworkPolicy(n, old *networkingv1.NetworkPolicy, site *compiled.Policy, namespace string) []Result {
	if old != nil && equality.Semantic.DeepEqual(n.Spec, old.Spec) {
		return nil
	}
	if n.Name == names.DefaultDeny {
		return defaultDeny(n)
	}
	c := connections{site: site, namespace: namespace}
	for i := 0; i < len(n.Spec.Ingress) && !c.full(); i++ {
		c.ingress(fmt.Sprintf("spec.ingress[%d]", i), &n.Spec.Ingress[i])
	}
	for i := 0; i < len(n.Spec.Egress) && !c.full(); i++ {
		c.egress(fmt.Sprintf("spec.egress[%d]", i), &n.Spec.Egress[i])
	}
	return c.results
}

// NetworkPolicyDeletion evaluates the deletion of a NetworkPolicy. Without the one that
// closes the namespace, pods that no other one selects could connect to anything.
func NetworkPolicyDeletion(name string) []Result {
	if name != names.DefaultDeny {
		return nil
	}
	return []Result{{
		ID: IDNetworkPolicy, Field: "metadata.name", Reason: "the NetworkPolicy may not be deleted", Detail: quote(name) + " closes the namespace",
		Fix: fixGovern, Exempt: ExemptGovern,
	}}
}

// defaultDeny requires the form of the NetworkPolicy that closes the namespace.
func defaultDeny(n *networkingv1.NetworkPolicy) []Result {
	has := func(kind networkingv1.PolicyType) bool { return slices.Contains(n.Spec.PolicyTypes, kind) }
	whole := len(n.Spec.PodSelector.MatchLabels)+len(n.Spec.PodSelector.MatchExpressions) == 0
	if whole && has(networkingv1.PolicyTypeIngress) && has(networkingv1.PolicyTypeEgress) && len(n.Spec.Ingress)+len(n.Spec.Egress) == 0 {
		return nil
	}
	return []Result{{
		ID: IDNetworkPolicy, Field: "spec", Reason: "the NetworkPolicy must close the namespace", Detail: quote(n.Name) + " selects all pods, for both directions, and has no rules",
		Fix: "write another NetworkPolicy, or " + fixGovern, Exempt: ExemptGovern,
	}}
}

// mostConnections is how many results a NetworkPolicy or an Ingress may have: its author
// chooses how many peers or paths it has, and each result is larger than those. More of
// them would change no verdict, since they all need the same verb.
const mostConnections = 100

// connections collects what a NetworkPolicy opens and may not.
type connections struct {
	site      *compiled.Policy
	namespace string
	results   []Result
}

func (c *connections) full() bool { return len(c.results) >= mostConnections }

func (c *connections) open(field, reason, detail, fix string) {
	c.results = append(c.results, Result{ID: IDNetworkPolicy, Field: field, Reason: reason, Detail: detail, Fix: fix + ", or " + fixGovern, Exempt: ExemptGovern})
}

func (c *connections) ingress(field string, rule *networkingv1.NetworkPolicyIngressRule) {
	const reason, fix = "connections from outside of the namespace", "allow only pods of the namespace, with from.podSelector"
	if len(rule.From) == 0 {
		c.open(field, reason, "a rule without from allows everyone", fix)
	}
	for i := 0; i < len(rule.From) && !c.full(); i++ {
		if peer := &rule.From[i]; !c.inside(peer) {
			c.open(fmt.Sprintf("%s.from[%d]", field, i), reason, describePeer(peer), fix)
		}
	}
}

func (c *connections) egress(field string, rule *networkingv1.NetworkPolicyEgressRule) {
	const reason, fix = "connections that spec.privacy.egress does not list", "add them to spec.privacy.egress of the policy"
	if len(rule.To) == 0 {
		c.open(field, reason, "a rule without to allows every address", "name the peers")
	}
	ports := &rulePorts{list: rule.Ports, dns: c.onlyDNS(rule.Ports), open: map[string]bool{}}
	for i := 0; i < len(rule.To) && !c.full(); i++ {
		peer := &rule.To[i]
		if !c.inside(peer) && !c.listed(peer, ports) {
			c.open(fmt.Sprintf("%s.to[%d]", field, i), reason, describePeer(peer)+describePorts(rule.Ports), fix)
		}
	}
}

// inside says whether a peer is in the namespace. A peer without any field that this version
// knows could be anything.
func (c *connections) inside(peer *networkingv1.NetworkPolicyPeer) bool {
	switch {
	case peer.IPBlock != nil:
		return false
	case peer.NamespaceSelector == nil:
		return peer.PodSelector != nil
	}
	return namespaceOf(peer.NamespaceSelector) == c.namespace
}

// listed says whether spec.privacy.egress lists a peer with all of the ports.
func (c *connections) listed(peer *networkingv1.NetworkPolicyPeer, ports *rulePorts) bool {
	if peer.IPBlock != nil {
		return peer.NamespaceSelector == nil && peer.PodSelector == nil && c.site.OpensCIDR(peer.IPBlock.CIDR)
	}
	namespace := namespaceOf(peer.NamespaceSelector)
	if c.isDNS(namespace, peer.PodSelector) && c.site.OpensDNS() && ports.dns {
		return true
	}
	open, known := ports.open[namespace]
	if !known {
		open = c.ports(namespace, ports.list)
		ports.open[namespace] = open
	}
	return open
}

// rulePorts are the ports of a rule, evaluated once for all of its peers: its author chooses
// how many there are of both.
type rulePorts struct {
	list []networkingv1.NetworkPolicyPort
	// dns says that they are those of DNS alone.
	dns bool
	// open says whether the policy lists them all, by namespace.
	open map[string]bool
}

func (c *connections) ports(namespace string, ports []networkingv1.NetworkPolicyPort) bool {
	if len(ports) == 0 {
		return c.site.OpensAllPorts(namespace)
	}
	for i := range ports {
		if !c.port(namespace, &ports[i]) {
			return false
		}
	}
	return true
}

// port takes no name of a port: the author of a pod chooses what it means. All ports of a
// range must be listed.
func (c *connections) port(namespace string, p *networkingv1.NetworkPolicyPort) bool {
	if c.site.OpensAllPorts(namespace) {
		return true
	}
	tcp := p.Protocol == nil || *p.Protocol == corev1.ProtocolTCP
	if !tcp || p.Port == nil || p.Port.Type != intstr.Int {
		return false
	}
	first, last := p.Port.IntVal, p.Port.IntVal
	if p.EndPort != nil {
		last = *p.EndPort
	}
	return c.site.OpensPorts(namespace, first, last)
}

// namespaceOf is the only namespace that a selector selects, or "".
func namespaceOf(s *metav1.LabelSelector) string {
	if s == nil || len(s.MatchLabels) != 1 || len(s.MatchExpressions) > 0 {
		return ""
	}
	return s.MatchLabels[corev1.LabelMetadataName]
}

// isDNS says whether a selector selects only pods of the cluster's DNS.
func (c *connections) isDNS(namespace string, s *metav1.LabelSelector) bool {
	return s != nil && c.site.Cluster().IsDNS(namespace, s.MatchLabels)
}

func (c *connections) onlyDNS(ports []networkingv1.NetworkPolicyPort) bool {
	for _, p := range ports {
		if p.Port == nil || p.Port.Type != intstr.Int || !c.site.Cluster().IsDNSPort(p.Port.IntVal) || p.EndPort != nil {
			return false
		}
	}
	return len(ports) > 0
}

func describePeer(peer *networkingv1.NetworkPolicyPeer) string {
	switch {
	case peer.IPBlock != nil:
		return "addresses " + quote(peer.IPBlock.CIDR)
	case namespaceOf(peer.NamespaceSelector) != "":
		return "namespace " + quote(namespaceOf(peer.NamespaceSelector))
	}
	return "a selector that is not for one namespace by its name"
}

func describePorts(ports []networkingv1.NetworkPolicyPort) string {
	if len(ports) == 0 {
		return " on all ports"
	}
	text := " on"
	for i, p := range ports {
		if i == 10 {
			return text + " …"
		}
		switch {
		case p.Port == nil:
			text += " all"
		case p.EndPort != nil:
			text += fmt.Sprintf(" %s-%d", p.Port.String(), *p.EndPort)
		default:
			text += " " + p.Port.String()
		}
	}
	return text
}
