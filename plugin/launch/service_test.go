package launch

import (
	"testing"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

// assigns plays the cluster: pods run, and change has what it assigns to Services.
func (b *bench) assigns(change func(*corev1.Service)) {
	b.plays(func(_ *appsv1.ReplicaSet, pod *corev1.Pod) { running(pod, true) })
	deployments := b.OnWrite
	b.OnWrite = func(obj *unstructured.Unstructured) {
		deployments(obj)
		service := &corev1.Service{}
		if obj.GetKind() != "Service" {
			return
		}
		require.NoError(b.t, runtime.DefaultUnstructuredConverter.FromUnstructured(obj.Object, service))
		if service.Spec.Type != "" {
			change(service)
			b.Put(service)
		}
	}
}

func (b *bench) serverAt(port int, names ...string) string {
	f := kittest.NewFederation(b.t, "lab_federation", kittest.WithAddress(names[0], port))
	return f.Server("server1", "lab", names...).WriteDir(b.t)
}

func (b *bench) external() *corev1.Service {
	b.t.Helper()
	found, ok := b.Get("services", "ns", "server1-external")
	require.True(b.t, ok)
	service := &corev1.Service{}
	require.NoError(b.t, runtime.DefaultUnstructuredConverter.FromUnstructured(found.Object, service))
	return service
}

func TestLoadBalancer(t *testing.T) {
	b := newBench(t)
	b.assigns(func(s *corev1.Service) {
		s.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "203.0.113.7"}, {IP: "2001:db8::7"}, {Hostname: "lb.example.net"}}
	})
	_, errOut, err := b.launch(b.serverAt(8002, "fl.example.org", "198.51.100.1", "server1"), image, "--service-type=LoadBalancer",
		"--service-annotation=example.org/internal=true", "--service-class=example.org/inner", "--service-source-range=203.0.113.0/24")
	require.NoError(t, err)
	s := b.external()
	require.Equal(t, corev1.ServiceTypeLoadBalancer, s.Spec.Type)
	require.Equal(t, "true", s.Annotations["example.org/internal"])
	require.Equal(t, "fl.example.org,198.51.100.1", s.Annotations["kubectl-flare.dev/host-names"])
	require.Equal(t, new("example.org/inner"), s.Spec.LoadBalancerClass)
	require.Equal(t, []string{"203.0.113.0/24"}, s.Spec.LoadBalancerSourceRanges)
	require.Contains(t, errOut, "Clients and admins may dial fl.example.org:8002, which does not exist in this cluster: make it lead to service/server1-external, with a DNS record and the address of that Service")
	require.Contains(t, errOut, "Note: participants outside of the cluster reach service/server1-external at 203.0.113.7:8002, [2001:db8::7]:8002, lb.example.net:8002; "+
		"DNS records to make: fl.example.org A 203.0.113.7, fl.example.org AAAA 2001:db8::7, fl.example.org CNAME lb.example.net; the kits dial 198.51.100.1, which is another address\n")
	inside, ok := b.Get("services", "ns", "server1")
	require.True(t, ok)
	require.NotContains(t, inside.Object["spec"], "type", "the Service of the cluster stays as it is")
}

// Without the flag, the Service goes away again.
func TestNoLoadBalancerAnyMore(t *testing.T) {
	b := newBench(t)
	b.assigns(func(s *corev1.Service) {
		s.Status.LoadBalancer.Ingress = []corev1.LoadBalancerIngress{{IP: "203.0.113.7"}}
	})
	dir := b.server()
	_, _, err := b.launch(dir, image, "--service-type=LoadBalancer")
	require.NoError(t, err)
	_, _, err = b.launch(dir, image)
	require.NoError(t, err)
	_, ok := b.Get("services", "ns", "server1-external")
	require.False(t, ok)
}

func TestNodePort(t *testing.T) {
	node := &corev1.Node{ObjectMeta: metav1.ObjectMeta{Name: "node-1"}, Status: corev1.NodeStatus{Addresses: []corev1.NodeAddress{
		{Type: corev1.NodeInternalIP, Address: "10.0.0.1"}, {Type: corev1.NodeExternalIP, Address: "203.0.113.8"},
	}}}
	b := newBench(t, node)
	b.assigns(func(s *corev1.Service) {
		if s.Spec.Ports[0].NodePort == 0 {
			s.Spec.Ports[0].NodePort = 31234
		}
	})
	_, errOut, err := b.launch(b.serverAt(30802, "fl.example.org"), image, "--service-type=NodePort")
	require.NoError(t, err)
	require.EqualValues(t, 30802, b.external().Spec.Ports[0].NodePort, "the kits dial it")
	require.Contains(t, errOut, "reach service/server1-external at port 30802 of each node; DNS records to make: fl.example.org A 203.0.113.8\n")

	_, errOut, err = b.launch(b.serverAt(8002, "fl.example.org"), image, "--service-type=NodePort", "--force-conflicts")
	require.NoError(t, err)
	require.Contains(t, errOut, "something before the nodes must lead port 8002 to 31234: or provision the kits with a port between 30000 and 32767")
}

func TestNoAddress(t *testing.T) {
	b := newBench(t)
	b.assigns(func(*corev1.Service) {})
	_, _, err := b.launch(b.server(), image, "--service-type=LoadBalancer", "--timeout=2s")
	wants(t, err, "after 2s, the cluster has assigned no address to service/server1-external of the type LoadBalancer", "kubectl describe service -n ns server1-external", "NodePort")
}

func TestInvalidService(t *testing.T) {
	for _, tc := range []struct {
		args []string
		want string
	}{
		{[]string{"--service-type=ExternalName"}, `--service-type: Invalid value: "ExternalName": must be LoadBalancer or NodePort`},
		{[]string{"--service-annotation=a/b/c=x", "--service-type=NodePort"}, `--service-annotation: Invalid value: "a/b/c"`},
		{[]string{"--service-annotation=kubectl-flare.dev/org=x", "--service-type=NodePort"}, "is set from the kit"},
		{[]string{"--service-annotation=a=x"}, "--service-type: Required value"},
		{[]string{"--service-source-range=203.0.113.7", "--service-type=LoadBalancer"}, `--service-source-range: Invalid value: "203.0.113.7"`},
		{[]string{"--service-class=_", "--service-type=LoadBalancer"}, `--service-class: Invalid value: "_"`},
		{[]string{"--service-class=x", "--service-type=NodePort"}, "has no load balancer"},
		{[]string{"--service-type=NodePort"}, "only a server has one"},
	} {
		b := newBench(t)
		_, _, err := b.launch(append([]string{b.client(), image}, tc.args...)...)
		b.rejected(err, tc.want)
	}
}
