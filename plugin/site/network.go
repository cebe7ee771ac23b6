package site

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/labelvalue"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// networkPolicies close the namespace and open what a federation needs: for each
// participant, connections among its own pods; for all of them, DNS and the FL server; for
// launchers, the API server. They select pods by labels that the webhook evaluates. They
// have no effect in a cluster whose network plugin does not implement NetworkPolicy.
func (p *plan) networkPolicies() []workloads.Object {
	objects := []workloads.Object{
		p.networkPolicy(names.DefaultDeny, metav1.LabelSelector{}, []networkingv1.NetworkPolicyIngressRule{}, []networkingv1.NetworkPolicyEgressRule{}),
		p.networkPolicy("flare-federation", anyParticipant(), nil, p.toServers()),
	}
	if p.flags.HostsServer {
		ingress := []networkingv1.NetworkPolicyIngressRule{{Ports: ports(corev1.ProtocolTCP, p.flags.serverPorts(p.frameworks...)...)}}
		objects = append(objects, p.networkPolicy("flare-server", serverPods(), ingress, nil))
	}
	if len(p.participants) == 0 { // those of a policy that was not read
		objects = append(objects, p.amongThemselves("flare-participants", anyParticipant()))
	}
	for _, name := range p.participants {
		objects = append(objects, p.amongThemselves("flare-participant-"+kit.ObjectName(name), podsOf(name)))
	}
	return append(objects, p.toAPIServer()...)
}

// amongThemselves opens connections among the pods that the selector selects: a parent
// and its job pods.
func (p *plan) amongThemselves(name string, pods metav1.LabelSelector) workloads.Object {
	peers := []networkingv1.NetworkPolicyPeer{{PodSelector: &pods}}
	return p.networkPolicy(name, pods, []networkingv1.NetworkPolicyIngressRule{{From: peers}}, []networkingv1.NetworkPolicyEgressRule{{To: peers}})
}

func (p *plan) toServers() []networkingv1.NetworkPolicyEgressRule {
	rules := []networkingv1.NetworkPolicyEgressRule{p.surroundings.dns(p.flags.DNSCIDRs)}
	servers := p.servers()
	if p.flags.HostsServer {
		servers = append(servers, networkingv1.NetworkPolicyPeer{PodSelector: new(serverPods())})
	}
	if len(servers) > 0 {
		rules = append(rules, networkingv1.NetworkPolicyEgressRule{To: servers, Ports: ports(corev1.ProtocolTCP, p.flags.serverPorts(p.frameworks...)...)})
	}
	return rules
}

// toAPIServer lets the launchers, and not their job pods, create job pods.
func (p *plan) toAPIServer() []workloads.Object {
	rules := p.surroundings.apiServer()
	if len(rules) == 0 {
		return nil
	}
	var objects []workloads.Object
	for _, l := range p.launchers {
		pods := podsOf(l.Participant)
		pods.MatchExpressions = []metav1.LabelSelectorRequirement{{Key: names.LabelRole, Operator: metav1.LabelSelectorOpNotIn, Values: []string{string(v1alpha1.RoleJob)}}}
		objects = append(objects, p.networkPolicy(launcherName(l), pods, nil, rules))
	}
	return objects
}

func podsOf(participant string) metav1.LabelSelector {
	return metav1.LabelSelector{MatchLabels: map[string]string{names.LabelParticipant: labelvalue.Of(participant)}}
}

func anyParticipant() metav1.LabelSelector {
	return metav1.LabelSelector{MatchExpressions: []metav1.LabelSelectorRequirement{{Key: names.LabelParticipant, Operator: metav1.LabelSelectorOpExists}}}
}

func serverPods() metav1.LabelSelector {
	return metav1.LabelSelector{MatchLabels: map[string]string{names.LabelRole: string(kit.RoleServer)}}
}

// networkPolicy has the directions for which there are rules; an empty list of rules
// closes a direction.
func (p *plan) networkPolicy(name string, pods metav1.LabelSelector, ingress []networkingv1.NetworkPolicyIngressRule, egress []networkingv1.NetworkPolicyEgressRule) *networkingv1.NetworkPolicy {
	spec := networkingv1.NetworkPolicySpec{PodSelector: pods, Ingress: ingress, Egress: egress}
	if ingress != nil {
		spec.PolicyTypes = append(spec.PolicyTypes, networkingv1.PolicyTypeIngress)
	}
	if egress != nil {
		spec.PolicyTypes = append(spec.PolicyTypes, networkingv1.PolicyTypeEgress)
	}
	return &networkingv1.NetworkPolicy{
		TypeMeta: metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"}, ObjectMeta: p.meta(name), Spec: spec,
	}
}

// servers are the peers that may be the FL server.
func (p *plan) servers() []networkingv1.NetworkPolicyPeer {
	var peers []networkingv1.NetworkPolicyPeer
	for _, namespace := range p.flags.ServerNamespaces {
		peers = append(peers, networkingv1.NetworkPolicyPeer{NamespaceSelector: oneNamespace(namespace)})
	}
	return append(peers, addresses(p.flags.serverCIDRs())...)
}

func oneNamespace(name string) *metav1.LabelSelector {
	return &metav1.LabelSelector{MatchLabels: map[string]string{corev1.LabelMetadataName: name}}
}

func addresses(cidrs []string) []networkingv1.NetworkPolicyPeer {
	var peers []networkingv1.NetworkPolicyPeer
	for _, cidr := range cidrs {
		peers = append(peers, networkingv1.NetworkPolicyPeer{IPBlock: &networkingv1.IPBlock{CIDR: cidr}})
	}
	return peers
}

func ports(protocol corev1.Protocol, numbers ...int) []networkingv1.NetworkPolicyPort {
	out := make([]networkingv1.NetworkPolicyPort, 0, len(numbers))
	for _, number := range numbers {
		out = append(out, networkingv1.NetworkPolicyPort{Protocol: new(protocol), Port: new(intstr.FromInt32(int32(number)))}) //nolint:gosec // --server-port takes 1 to 65535
	}
	return out
}
