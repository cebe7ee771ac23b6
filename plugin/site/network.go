package site

import (
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// networkPolicies close the namespace and open what a federation needs: DNS, the FL
// server, and connections among the pods of the namespace. They have no effect in a
// cluster whose network plugin does not implement NetworkPolicy.
func (p *plan) networkPolicies() []workloads.Object {
	both := []networkingv1.PolicyType{networkingv1.PolicyTypeIngress, networkingv1.PolicyTypeEgress}
	deny := p.networkPolicy("flare-default-deny", networkingv1.NetworkPolicySpec{PolicyTypes: both})
	neighbours := []networkingv1.NetworkPolicyPeer{{PodSelector: &metav1.LabelSelector{}}}
	spec := networkingv1.NetworkPolicySpec{
		PolicyTypes: both,
		Ingress:     []networkingv1.NetworkPolicyIngressRule{{From: neighbours}},
		Egress: []networkingv1.NetworkPolicyEgressRule{
			{To: neighbours},
			// DNS may run in pods, on nodes or on a link-local address.
			{Ports: append(ports(corev1.ProtocolUDP, 53), ports(corev1.ProtocolTCP, 53)...)},
		},
	}
	if servers := p.servers(); len(servers) > 0 {
		spec.Egress = append(spec.Egress, networkingv1.NetworkPolicyEgressRule{To: servers, Ports: ports(corev1.ProtocolTCP, p.flags.ServerPorts...)})
	}
	if p.flags.HostsServer {
		spec.Ingress = append(spec.Ingress, networkingv1.NetworkPolicyIngressRule{Ports: ports(corev1.ProtocolTCP, p.flags.ServerPorts...)})
	}
	if p.policy != nil && len(p.policy.Spec.Launchers) > 0 {
		// The launcher creates job pods through the API server.
		spec.Egress = append(spec.Egress, networkingv1.NetworkPolicyEgressRule{Ports: ports(corev1.ProtocolTCP, 443, 6443)})
	}
	return []workloads.Object{deny, p.networkPolicy("flare-federation", spec)}
}

func (p *plan) networkPolicy(name string, spec networkingv1.NetworkPolicySpec) *networkingv1.NetworkPolicy {
	return &networkingv1.NetworkPolicy{
		TypeMeta: metav1.TypeMeta{APIVersion: "networking.k8s.io/v1", Kind: "NetworkPolicy"}, ObjectMeta: p.meta(name), Spec: spec,
	}
}

// servers are the peers that may be the FL server.
func (p *plan) servers() []networkingv1.NetworkPolicyPeer {
	var peers []networkingv1.NetworkPolicyPeer
	for _, namespace := range p.flags.ServerNamespaces {
		peers = append(peers, networkingv1.NetworkPolicyPeer{NamespaceSelector: &metav1.LabelSelector{
			MatchLabels: map[string]string{corev1.LabelMetadataName: namespace},
		}})
	}
	for _, cidr := range p.flags.ServerCIDRs {
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
