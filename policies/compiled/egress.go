package compiled

import (
	"net/netip"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// egress is spec.privacy.egress, and what the names of the policy's participants say about
// Services.
type egress struct {
	// ports are the allowed ports by the namespace of an FL server; nil for all.
	ports    map[string][]int32
	prefixes []netip.Prefix
	dns      bool
	// owners are, by the name of a Service that participants dial, the label of the
	// participant whose pods it must select; "" for any participant.
	owners map[string]string
	// hosts are all names that participants dial.
	hosts map[string]bool
	// addresses are those of hosts that DNS does not have.
	addresses map[string][]netip.Addr
	// labels are those of the participants.
	labels map[string]bool
}

func (p *Policy) addEgress() {
	e := &p.egress
	e.ports, e.owners, e.hosts, e.labels = map[string][]int32{}, map[string]string{}, map[string]bool{}, map[string]bool{}
	e.addresses = map[string][]netip.Addr{}
	if privacy := p.source.Spec.Privacy; privacy != nil && privacy.Egress != nil {
		e.dns = privacy.Egress.DNS
		for i := range privacy.Egress.Servers {
			e.addServer(&privacy.Egress.Servers[i], p.cluster)
		}
		for _, cidr := range privacy.Egress.CIDRs {
			if prefix, err := netip.ParsePrefix(cidr); err == nil { // validated
				e.prefixes = append(e.prefixes, prefix)
			}
		}
	}
	for _, one := range p.participants {
		e.owners[one.Object], e.labels[one.Label] = one.Label, true
	}
}

func (e *egress) addServer(s *v1alpha1.EgressServer, cluster Cluster) {
	host := strings.ToLower(strings.TrimSuffix(s.Host, "."))
	service, namespace, _ := cluster.ServiceOf(host)
	if s.Namespace != "" {
		namespace = s.Namespace
	}
	if host != "" {
		e.hosts[host] = true
	}
	for _, address := range s.Addresses {
		if ip, err := netip.ParseAddr(address); err == nil { // validated
			e.addresses[host] = append(e.addresses[host], ip)
		}
	}
	if service != "" {
		e.owners[service] = ""
	}
	if parts := strings.Split(host, "."); len(parts) == 2 {
		// In the namespace of the pod that dials the host, a headless Service with the name
		// of the second label answers for it, with a pod whose hostname is the first.
		e.owners[parts[1]] = ""
	}
	if namespace == "" {
		return
	}
	before, known := e.ports[namespace]
	if len(s.Ports) == 0 || (known && before == nil) {
		e.ports[namespace] = nil
		return
	}
	e.ports[namespace] = append(before, s.Ports...)
}

// OpensPorts says whether NetworkPolicies may open a range of TCP ports of the pods of a
// namespace: from the first to the last one, which may be the same.
func (p *Policy) OpensPorts(namespace string, first, last int32) bool {
	ports, ok := p.egress.ports[namespace]
	if !ok || first > last || last > 65535 {
		return false
	}
	for port := first; ports != nil && port <= last; port++ {
		if !slices.Contains(ports, port) {
			return false
		}
	}
	return true
}

// OpensAllPorts says whether they may open every port.
func (p *Policy) OpensAllPorts(namespace string) bool {
	ports, ok := p.egress.ports[namespace]
	return ok && ports == nil
}

// ServerIn says whether an FL server runs in a namespace.
func (p *Policy) ServerIn(namespace string) bool {
	_, ok := p.egress.ports[namespace]
	return ok
}

// OpensCIDR says whether NetworkPolicies may open an address range.
func (p *Policy) OpensCIDR(cidr string) bool {
	prefix, err := netip.ParsePrefix(cidr)
	return err == nil && slices.ContainsFunc(p.egress.prefixes, func(all netip.Prefix) bool {
		return all.Bits() <= prefix.Bits() && all.Contains(prefix.Addr())
	})
}

// Cluster is what the policy knows of its cluster.
func (p *Policy) Cluster() Cluster { return p.cluster }

// OpensDNS says whether NetworkPolicies may open the cluster's DNS.
func (p *Policy) OpensDNS() bool { return p.egress.dns }

// ServiceOwner says whether participants dial a Service of that name, and the label of the
// participant whose pods it must select; "" for any participant.
func (p *Policy) ServiceOwner(service string) (label string, ok bool) {
	label, ok = p.egress.owners[service]
	return label, ok
}

// Dialed says whether participants dial the host.
func (p *Policy) Dialed(host string) bool {
	return p.egress.hosts[strings.ToLower(strings.TrimSuffix(host, "."))]
}

// HasAddress says whether the policy lists an IP address as that of a host which participants
// dial.
func (p *Policy) HasAddress(host, address string) bool {
	ip, err := netip.ParseAddr(address)
	return err == nil && slices.Contains(p.egress.addresses[strings.ToLower(strings.TrimSuffix(host, "."))], ip)
}

// Labelled says whether a participant of the policy has the label's value.
func (p *Policy) Labelled(value string) bool { return p.egress.labels[value] }
