package workloads

import (
	"cmp"
	"net"
	"slices"
	"strings"
)

const defaultDomain = "cluster.local"

// HostKind is the kind of a dialed host, seen from inside a cluster.
type HostKind int

// The kinds of hosts.
const (
	// HostExternal is an address, or a name that is not from the cluster's DNS.
	HostExternal HostKind = iota
	// HostLoopback is the pod itself.
	HostLoopback
	// HostBare is one label: a Service in the pod's own namespace.
	HostBare
	// HostService names a Service and its namespace.
	HostService
)

// Host is a parsed host name.
type Host struct {
	Kind      HostKind
	Service   string
	Namespace string
}

// ParseHost parses the name that a participant dials, in a cluster with a domain, which is
// cluster.local if it is empty. "name.namespace" counts as external, because it looks like a
// public name such as example.org.
func ParseHost(host, domain string) Host {
	if ip := net.ParseIP(host); ip != nil {
		if ip.IsLoopback() {
			return Host{Kind: HostLoopback}
		}
		return Host{Kind: HostExternal}
	}
	name := strings.ToLower(strings.TrimSuffix(host, "."))
	if name == "localhost" {
		return Host{Kind: HostLoopback}
	}
	parts := strings.Split(strings.TrimSuffix(name, "."+cmp.Or(domain, defaultDomain)), ".")
	switch {
	case slices.Contains(parts, ""):
		return Host{Kind: HostExternal}
	case len(parts) == 1:
		return Host{Kind: HostBare, Service: name}
	case len(parts) == 3 && parts[2] == "svc":
		return Host{Kind: HostService, Service: parts[0], Namespace: parts[1]}
	}
	return Host{Kind: HostExternal}
}

// ServiceDNS is the full name of a Service in the DNS of a cluster, whose domain is cluster.local
// if it is empty.
func ServiceDNS(service, namespace, domain string) string {
	return service + "." + namespace + ".svc." + cmp.Or(domain, defaultDomain)
}

// MayBeService says whether a host is external, but would be a Service's name in a cluster with
// another domain.
func MayBeService(host string) bool {
	parts := strings.Split(strings.TrimSuffix(host, "."), ".")
	return len(parts) > 3 && parts[2] == "svc" && ParseHost(host, "").Kind == HostExternal
}
