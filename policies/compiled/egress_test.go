package compiled_test

import (
	"testing"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

func TestEgress(t *testing.T) {
	p := site(t, func(s *v1alpha1.SitePolicySpec) {
		s.Privacy.Egress = &v1alpha1.EgressRule{
			Servers: []v1alpha1.EgressServer{
				{Host: "server1.fl-server.svc.cluster.local.", Ports: []int32{8002}}, {Namespace: "fl-server", Ports: []int32{8003}},
				{Host: "fl", Namespace: "relay"}, {Namespace: "relay", Ports: []int32{1}}, {Host: "fl.example.org"}, {Host: "server2.fl-corp"},
			},
			CIDRs: []string{"10.1.0.0/16"},
		}
	})
	require.True(t, p.OpensPorts("fl-server", 8002, 8002) && p.OpensPorts("fl-server", 8002, 8003))
	require.False(t, p.OpensPorts("fl-server", 22, 22) || p.OpensPorts("fl-server", 8002, 8004) || p.OpensPorts("fl-server", 8003, 8002) || p.OpensAllPorts("fl-server") || p.OpensDNS())
	require.True(t, p.OpensAllPorts("relay") && p.OpensPorts("relay", 22, 99), "one entry without ports opens all")
	require.True(t, p.ServerIn("relay"))
	require.False(t, p.ServerIn("fl") || p.ServerIn(""))
	for cidr, want := range map[string]bool{
		"10.1.0.0/16": true, "10.1.2.3/32": true, "10.0.0.0/8": false, "10.2.0.0/16": false, "0.0.0.0/0": false, "::/0": false, "10.1.0.0": false, "": false,
	} {
		require.Equal(t, want, p.OpensCIDR(cidr), cidr)
	}
	for name, want := range map[string]string{"server1": "server1", "site-2-809cb9ad": "Site_2", "fl": "", "fl-corp": ""} {
		label, ok := p.ServiceOwner(name)
		require.True(t, ok, name)
		require.Equal(t, want, label, name)
	}
	for _, name := range []string{"notebook", "org", "server2"} {
		_, ok := p.ServiceOwner(name)
		require.False(t, ok, name)
	}
	require.True(t, p.Dialed("FL.example.org.") && p.Dialed("fl") && p.Labelled("Site_2"))
	require.False(t, p.Dialed("example.org") || p.Labelled("site-9"))
}

func TestServiceOf(t *testing.T) {
	for host, want := range map[string][2]string{
		"fl": {"fl", ""}, "fl.ns.svc": {"fl", "ns"}, "fl.ns.svc.cluster.local": {"fl", "ns"}, "fl.ns": {}, "fl.example.org": {}, "": {}, "a.b.svc.example": {},
	} {
		service, namespace, ok := compiled.Cluster{}.ServiceOf(host)
		require.Equal(t, want, [2]string{service, namespace}, host)
		require.Equal(t, want[0] != "", ok, host)
	}
}

// A cluster may have another domain, and its DNS other pods.
func TestCluster(t *testing.T) {
	c := compiled.Cluster{Domain: "Corp.Example.", DNS: compiled.DNS{Namespace: "openshift-dns", Labels: map[string]string{"dns": "default"}, Ports: []int32{5353}}}
	for host, want := range map[string]string{"fl.ns.svc.corp.example": "fl", "fl.ns.svc": "fl", "fl": "fl", "fl.ns.svc.cluster.local": "", "fl.ns.svc.example": ""} {
		service, _, _ := c.ServiceOf(host)
		require.Equal(t, want, service, host)
	}
	both := map[string]string{"dns": "default", "more": "x"}
	require.True(t, c.IsDNS("openshift-dns", both) && c.IsDNSPort(53) && c.IsDNSPort(5353))
	require.False(t, c.IsDNS("kube-system", both) || c.IsDNS("openshift-dns", map[string]string{"dns": "x"}) || c.IsDNS("openshift-dns", nil) || c.IsDNSPort(9153))
	usual := compiled.Cluster{}
	require.True(t, usual.IsDNS("kube-system", map[string]string{"k8s-app": "kube-dns"}))
	require.False(t, usual.IsDNS("kube-system", nil) || usual.IsDNSPort(5353))
	require.False(t, compiled.Cluster{DNS: compiled.DNS{Namespace: "dns"}}.IsDNS("dns", both), "without labels, any pod would be meant")
}
