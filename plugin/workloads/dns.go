package workloads

import (
	"net"
	"slices"
	"strings"
)

// HostKind is what a dialled host is, seen from inside a cluster.
type HostKind int

// The kinds of hosts.
const (
	// HostExternal is an address or a name that the cluster's DNS does not make.
	HostExternal HostKind = iota
	// HostLoopback never leaves the pod that dials it.
	HostLoopback
	// HostBare is one label: a Service in the dialling pod's own namespace.
	HostBare
	// HostService names a Service and its namespace.
	HostService
)

// Host is a dialled host name, taken apart.
type Host struct {
	Kind      HostKind
	Service   string
	Namespace string
}

// ParseHost takes apart the name that a participant dials. "name.namespace"
// counts as external: it cannot be told from a public name such as example.org.
func ParseHost(host string) Host {
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
	parts := strings.Split(strings.TrimSuffix(name, ".cluster.local"), ".")
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

// ServiceDNS is the full name of a Service in the cluster's DNS.
func ServiceDNS(service, namespace string) string {
	return service + "." + namespace + ".svc.cluster.local"
}
