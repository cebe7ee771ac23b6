package compiled

import (
	"cmp"
	"maps"
	"slices"
	"strconv"
	"strings"
)

// Cluster is what differs between clusters and decides where names lead. The zero value is a
// cluster as kubeadm makes it.
type Cluster struct {
	// Domain is that of Services; empty means cluster.local.
	Domain string
	// DNS are the pods of the cluster's DNS.
	DNS DNS
}

// DNS are the pods of a cluster's DNS. Without a namespace, they are those of CoreDNS as kubeadm
// and most distributions run it.
type DNS struct {
	// Namespace is theirs, and Labels are those by which its Service selects them.
	Namespace string
	Labels    map[string]string
	// Ports are those of the pods, besides 53.
	Ports []int32
}

// DefaultDomain is the domain of Services in most clusters.
const DefaultDomain = "cluster.local"

// defaultDNS are the pods of CoreDNS by kubeadm.
func defaultDNS() DNS {
	return DNS{Namespace: "kube-system", Labels: map[string]string{"k8s-app": "kube-dns"}}
}

func (c Cluster) withDefaults() Cluster {
	c.Domain = strings.ToLower(strings.Trim(cmp.Or(c.Domain, DefaultDomain), "."))
	if c.DNS.Namespace == "" {
		c.DNS = defaultDNS()
	}
	return c
}

// ServiceOf is the Service that a host name leads to in this cluster: a name of one label,
// in the namespace of the pod that dials it, or <service>.<namespace>.svc with or without
// the cluster's domain. ok is false for every other name.
func (c Cluster) ServiceOf(host string) (service, namespace string, ok bool) {
	parts := strings.Split(strings.TrimSuffix(host, "."+c.withDefaults().Domain), ".")
	switch {
	case host == "":
		return "", "", false
	case len(parts) == 1:
		return parts[0], "", true
	case len(parts) == 3 && parts[2] == "svc":
		return parts[0], parts[1], true
	}
	return "", "", false
}

// IsDNS says whether labels select only pods of the cluster's DNS, in a namespace.
func (c Cluster) IsDNS(namespace string, labels map[string]string) bool {
	dns := c.withDefaults().DNS
	if namespace != dns.Namespace || len(dns.Labels) == 0 {
		return false
	}
	for key, value := range dns.Labels {
		if got, ok := labels[key]; !ok || got != value {
			return false
		}
	}
	return true
}

// IsDNSPort says whether the cluster's DNS serves DNS at a port of its pods.
func (c Cluster) IsDNSPort(port int32) bool {
	return port == 53 || slices.Contains(c.withDefaults().DNS.Ports, port)
}

// String is the form of the webhook's flag --cluster-dns.
func (d DNS) String() string {
	var labels []string
	for _, key := range slices.Sorted(maps.Keys(d.Labels)) {
		labels = append(labels, key+"="+d.Labels[key])
	}
	parts := []string{d.Namespace + "/" + strings.Join(labels, ",")}
	for _, port := range d.Ports {
		parts = append(parts, strconv.Itoa(int(port)))
	}
	return strings.Join(parts, ":")
}
