package site

import (
	"context"
	"fmt"
	"net/netip"
	"slices"

	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/clusterdns"
	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
)

// surroundings are what only a cluster knows: where its DNS and its API server are. The
// zero value is for a cluster that was not asked.
type surroundings struct {
	// cluster are the pods of the cluster's DNS.
	cluster compiled.DNS
	// api are the addresses of the API server, with their ports.
	api []endpoint
}

// endpoint is an address with a port.
type endpoint struct {
	cidr string
	port int
}

// look asks the cluster. What it does not find stays unknown.
func look(ctx context.Context, client kubernetes.Interface) (*surroundings, error) {
	s := &surroundings{cluster: clusterdns.Find(ctx, client)}
	found, err := client.DiscoveryV1().EndpointSlices(metav1.NamespaceDefault).List(ctx, metav1.ListOptions{LabelSelector: discoveryv1.LabelServiceName + "=kubernetes"})
	if err != nil {
		return s, err
	}
	for i := range found.Items {
		s.addAPI(&found.Items[i])
	}
	// Some network plugins see the address of the Service, before it is translated.
	service, err := client.CoreV1().Services(metav1.NamespaceDefault).Get(ctx, "kubernetes", metav1.GetOptions{})
	if err != nil {
		return s, err
	}
	for _, ip := range service.Spec.ClusterIPs {
		for _, port := range service.Spec.Ports {
			s.addEndpoint(ip, int(port.Port))
		}
	}
	return s, nil
}

func (s *surroundings) addAPI(slice *discoveryv1.EndpointSlice) {
	for _, p := range slice.Ports {
		for _, e := range slice.Endpoints {
			for _, ip := range e.Addresses {
				if p.Port != nil {
					s.addEndpoint(ip, int(*p.Port))
				}
			}
		}
	}
}

func (s *surroundings) addEndpoint(ip string, port int) {
	addr, err := netip.ParseAddr(ip)
	if err != nil {
		return // an address of a type that NetworkPolicies do not know
	}
	e := endpoint{netip.PrefixFrom(addr, addr.BitLen()).String(), port}
	if !slices.Contains(s.api, e) {
		s.api = append(s.api, e)
	}
}

// given takes the addresses that the user gave instead of those of the cluster.
func (s *surroundings) given(servers []string) error {
	s.api = nil
	for _, server := range servers {
		at, err := netip.ParseAddrPort(server)
		if err != nil {
			return fmt.Errorf("--api-server %q is not an address with a port: give for example 10.0.0.1:6443", server)
		}
		s.addEndpoint(at.Addr().String(), int(at.Port()))
	}
	return nil
}

// dns opens the pods of the cluster's DNS, by default those of CoreDNS as kubeadm and most
// distributions run it, and other addresses such as that of a cache on each node.
func (s *surroundings) dns(cidrs []string) networkingv1.NetworkPolicyEgressRule {
	namespace, labels := metav1.NamespaceSystem, map[string]string{"k8s-app": "kube-dns"}
	numbers := []int{53}
	if s.cluster.Namespace != "" {
		namespace, labels = s.cluster.Namespace, s.cluster.Labels
	}
	for _, port := range s.cluster.Ports {
		numbers = append(numbers, int(port))
	}
	pods := networkingv1.NetworkPolicyPeer{NamespaceSelector: oneNamespace(namespace), PodSelector: &metav1.LabelSelector{MatchLabels: labels}}
	return networkingv1.NetworkPolicyEgressRule{
		To:    append([]networkingv1.NetworkPolicyPeer{pods}, addresses(cidrs)...),
		Ports: append(ports(corev1.ProtocolUDP, numbers...), ports(corev1.ProtocolTCP, numbers...)...),
	}
}

// apiServer opens the addresses of the API server.
func (s *surroundings) apiServer() []networkingv1.NetworkPolicyEgressRule {
	var rules []networkingv1.NetworkPolicyEgressRule
	for _, e := range s.api {
		i := slices.IndexFunc(rules, func(r networkingv1.NetworkPolicyEgressRule) bool { return r.Ports[0].Port.IntValue() == e.port })
		if i < 0 {
			rules = append(rules, networkingv1.NetworkPolicyEgressRule{Ports: ports(corev1.ProtocolTCP, e.port)})
			i = len(rules) - 1
		}
		rules[i].To = append(rules[i].To, addresses([]string{e.cidr})...)
	}
	return rules
}
