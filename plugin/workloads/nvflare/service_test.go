package nvflare

import (
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
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
			k := federation(t).Server("server1", "lab", tc.names...).Read()
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
			k := federation(t, kittest.WithAddress(tc.host, 8002)).Client("site-1", "hospital_a").Read()
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
	f := federation(t)
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
