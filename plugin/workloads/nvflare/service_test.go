package nvflare

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

func services(set *workloads.Set) []string {
	var out []string
	for _, obj := range set.Objects() {
		if s, ok := obj.(*corev1.Service); ok {
			out = append(out, s.Name+">"+s.Spec.ExternalName)
		}
	}
	return out
}

func TestServerServices(t *testing.T) {
	for name, tc := range map[string]struct {
		names    []string
		services []string
		note     string
		err      string
	}{
		"service of the namespace":  {names: []string{"fl.ns.svc.cluster.local", "fl.ns.svc", "fl"}, services: []string{"fl>"}},
		"bare label":                {names: []string{"server1"}, services: []string{"server1>"}},
		"two services":              {names: []string{"a.ns.svc", "b"}, services: []string{"a>", "b>"}},
		"external name":             {names: []string{"fl.example.org"}, services: []string{"server1>"}, note: "fl.example.org:8002"},
		"address":                   {names: []string{"192.0.2.7"}, services: []string{"server1>"}, note: "192.0.2.7:8002"},
		"loopback needs no record":  {names: []string{"localhost", "127.0.0.1"}, services: []string{"server1>"}},
		"another namespace as well": {names: []string{"fl.ns.svc", "fl.other.svc"}, services: []string{"fl>"}, note: "fl.other.svc"},
		"another namespace only":    {names: []string{"fl.other.svc.cluster.local"}, err: `is a Service of namespace "other", not of "ns": launch it with -n other`},
	} {
		t.Run(name, func(t *testing.T) {
			k := newFederation(t).Server("server1", "lab", tc.names...).Read()
			set, err := Workloads{}.Objects(place("ns"), workloadstest.Accept(t, k))
			if tc.err != "" {
				if err == nil || !strings.Contains(err.Error(), tc.err) {
					t.Fatalf("got error %v", err)
				}
				return
			}
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.services, services(set)); diff != "" {
				t.Errorf("services -want +got:\n%s", diff)
			}
			if notes := strings.Join(set.Notes, "\n"); !strings.Contains(notes, tc.note) || (tc.note == "") != (notes == "") {
				t.Errorf("notes %q, want one with %q", notes, tc.note)
			}
		})
	}
}

func TestDialledService(t *testing.T) {
	for name, tc := range map[string]struct {
		host, serverNamespace string
		services              []string
	}{
		"bare, elsewhere":            {"server1", "fl-server", []string{"server1>server1.fl-server.svc.cluster.local"}},
		"bare, same namespace":       {"server1", "ns", nil},
		"bare, nothing said":         {"server1", "", nil},
		"full name needs no Service": {"server1.fl-server.svc.cluster.local", "fl-server", nil},
		"external":                   {"fl.example.org", "fl-server", nil},
	} {
		t.Run(name, func(t *testing.T) {
			k := newFederation(t, kittest.WithAddress(tc.host, 8002)).Client("site-1", "hospital_a").Read()
			p := place("ns")
			p.ServerNamespace = tc.serverNamespace
			set, err := Workloads{}.Objects(p, workloadstest.Accept(t, k))
			if err != nil {
				t.Fatal(err)
			}
			if diff := cmp.Diff(tc.services, services(set)); diff != "" {
				t.Errorf("-want +got:\n%s", diff)
			}
		})
	}
}

// Clients of one namespace share the Service that leads to the server.
func TestDialledServiceIsShared(t *testing.T) {
	f := newFederation(t)
	p := place("ns")
	p.ServerNamespace = "fl-server"
	var all []*corev1.Service
	for _, name := range []string{"site-1", "site-2"} {
		set, err := Workloads{}.Objects(p, workloadstest.Accept(t, f.Client(name, "hospital_a").Read()))
		if err != nil {
			t.Fatal(err)
		}
		for _, obj := range set.Objects() {
			if s, ok := obj.(*corev1.Service); ok {
				all = append(all, s)
			}
		}
	}
	if len(all) != 2 {
		t.Fatalf("%d Services", len(all))
	}
	if diff := cmp.Diff(all[0], all[1]); diff != "" {
		t.Errorf("they would overwrite each other:\n%s", diff)
	}
}

// The ports of the pod and the Services come from the kit.
func TestServerPorts(t *testing.T) {
	ports := serverPorts(&kit.Kit{Ports: []kit.Port{{Name: "fl", Number: 8002}, {Name: "admin", Number: 8003}}})
	want := []corev1.ContainerPort{
		{Name: "fl", ContainerPort: 8002, Protocol: corev1.ProtocolTCP}, {Name: "admin", ContainerPort: 8003, Protocol: corev1.ProtocolTCP},
	}
	if diff := cmp.Diff(want, ports); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
}

// What users have to open is said as a whole: every port that somebody dials, and a way that
// works for the kit.
func TestNotesAboutOtherNames(t *testing.T) {
	server := func() *kittest.Kit { return newFederation(t).Server("server1", "lab", "fl.example.org") }
	edit := func(old, replacement string) *kittest.Kit {
		server := server()
		changed := strings.Replace(string(server.File("startup/fed_server.json")), old, replacement, 1)
		return server.With("startup/fed_server.json", []byte(changed))
	}
	for name, tc := range map[string]struct {
		kit  *kittest.Kit
		want string
	}{
		"one port": {server(), "Clients and admins may dial fl.example.org:8002, which does not exist in this cluster: " +
			"make it lead to port 8002 of service/server1 in namespace ns, with a DNS record and a LoadBalancer or a Gateway that passes TLS through"},
		"a port for admins": {edit(`"admin_port": 8002`, `"admin_port": 8003`), "Clients and admins may dial fl.example.org:8002 and fl.example.org:8003, which does not exist in this cluster: " +
			"make it lead to ports 8002 and 8003 of service/server1 in namespace ns, with a DNS record and a LoadBalancer or a Gateway that passes TLS through"},
		"TLS ends before the server": {edit(`"connection_security": "mtls"`, `"connection_security": "clear"`), "Clients and admins may dial fl.example.org:8002, which does not exist in this cluster: " +
			"make it lead to port 8002 of service/server1 in namespace ns, with a DNS record and an Ingress or a Gateway that terminates TLS, since the server itself speaks none"},
	} {
		t.Run(name, func(t *testing.T) {
			set, err := Workloads{}.Objects(place("ns"), workloadstest.Accept(t, tc.kit.Read()))
			require.NoError(t, err)
			require.Equal(t, []string{tc.want}, set.Notes)
		})
	}
}
