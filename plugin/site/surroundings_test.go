package site

import (
	"errors"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"
)

func dnsService(namespace, name string, port intstr.IntOrString) *corev1.Service {
	return &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name},
		Spec:       corev1.ServiceSpec{Selector: map[string]string{"dns": "yes"}, Ports: []corev1.ServicePort{{Port: 53, TargetPort: port}, {Port: 9153, TargetPort: intstr.FromInt32(9153)}}},
	}
}

func TestLook(t *testing.T) {
	api := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "kubernetes", Labels: map[string]string{discoveryv1.LabelServiceName: "kubernetes"}},
		Ports:      []discoveryv1.EndpointPort{{Port: new(int32(16443))}},
		Endpoints:  []discoveryv1.Endpoint{{Addresses: []string{"192.0.2.1"}}, {Addresses: []string{"192.0.2.2", "not an address"}}},
	}
	service := &corev1.Service{
		ObjectMeta: metav1.ObjectMeta{Namespace: "default", Name: "kubernetes"},
		Spec:       corev1.ServiceSpec{ClusterIPs: []string{"10.0.0.1", "fd00::1"}, Ports: []corev1.ServicePort{{Port: 443}}},
	}
	s, err := look(t.Context(), fake.NewClientset(api, service, dnsService("openshift-dns", "dns-default", intstr.FromInt32(5353))))
	require.NoError(t, err)
	require.Equal(t, []endpoint{{"192.0.2.1/32", 16443}, {"192.0.2.2/32", 16443}, {"10.0.0.1/32", 443}, {"fd00::1/128", 443}}, s.api)
	rules := s.apiServer()
	require.Len(t, rules, 2)
	require.Len(t, rules[0].To, 2)
	require.Equal(t, 16443, rules[0].Ports[0].Port.IntValue())
	dns := s.dns(nil)
	require.Equal(t, "openshift-dns", dns.To[0].NamespaceSelector.MatchLabels[corev1.LabelMetadataName])
	require.Equal(t, map[string]string{"dns": "yes"}, dns.To[0].PodSelector.MatchLabels)
	require.Len(t, dns.Ports, 4, "53 and 5353, by UDP and TCP")

	s, err = look(t.Context(), fake.NewClientset(service, dnsService("kube-system", "kube-dns", intstr.FromString("dns"))))
	require.NoError(t, err)
	require.Equal(t, "kube-system", s.cluster.Namespace)
	require.Len(t, s.dns(nil).Ports, 2)
}

// A cluster that does not answer leaves the defaults, and the error says why.
func TestLookFails(t *testing.T) {
	client := fake.NewClientset()
	client.PrependReactor("*", "*", func(clienttesting.Action) (bool, runtime.Object, error) { return true, nil, errors.New("forbidden") })
	s, err := look(t.Context(), client)
	require.ErrorContains(t, err, "forbidden")
	require.Empty(t, s.apiServer())
	require.Equal(t, map[string]string{"k8s-app": "kube-dns"}, s.dns(nil).To[0].PodSelector.MatchLabels)
}
