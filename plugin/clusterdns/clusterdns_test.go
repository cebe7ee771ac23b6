package clusterdns_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/util/intstr"
	"k8s.io/client-go/kubernetes/fake"

	"github.com/kubectl-flare/kubectl-flare/plugin/clusterdns"
)

func service(namespace, name string, labels map[string]string, port intstr.IntOrString) *corev1.Service {
	return &corev1.Service{ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, Spec: corev1.ServiceSpec{
		Selector: labels,
		Ports: []corev1.ServicePort{
			{Name: "dns", Port: 53, Protocol: corev1.ProtocolUDP, TargetPort: port}, {Name: "dns-tcp", Port: 53, TargetPort: port},
			{Name: "metrics", Port: 9154, TargetPort: intstr.FromString("metrics")},
		},
	}}
}

// OpenShift's DNS listens at 5353, which only its endpoints say.
func TestFind(t *testing.T) {
	of := map[string]string{"dns.operator.openshift.io/daemonset-dns": "default"}
	endpoints := &discoveryv1.EndpointSlice{
		ObjectMeta: metav1.ObjectMeta{Namespace: "openshift-dns", Name: "dns-default-x", Labels: map[string]string{discoveryv1.LabelServiceName: "dns-default"}},
		Ports:      []discoveryv1.EndpointPort{{Name: new("dns"), Port: new(int32(5353))}, {Name: new("dns-tcp"), Port: new(int32(5353))}, {Name: new("metrics"), Port: new(int32(9154))}},
	}
	usual := service("kube-system", "kube-dns", map[string]string{"k8s-app": "kube-dns"}, intstr.FromInt32(53))
	for name, tc := range map[string]struct {
		objects []runtime.Object
		want    string
	}{
		"OpenShift":    {[]runtime.Object{service("openshift-dns", "dns-default", of, intstr.FromString("dns")), endpoints}, "openshift-dns/dns.operator.openshift.io/daemonset-dns=default:5353"},
		"kubeadm":      {[]runtime.Object{usual}, ""},
		"other labels": {[]runtime.Object{service("kube-system", "kube-dns", map[string]string{"b": "2", "a": "1"}, intstr.FromInt32(53))}, "kube-system/a=1,b=2"},
		"another port": {[]runtime.Object{service("kube-system", "kube-dns", map[string]string{"k8s-app": "kube-dns"}, intstr.FromInt32(1053))}, "kube-system/k8s-app=kube-dns:1053"},
		"unknown":      {nil, ""},
	} {
		require.Equal(t, tc.want, clusterdns.Flag(clusterdns.Find(t.Context(), fake.NewClientset(tc.objects...))), name)
	}
}

func TestDomain(t *testing.T) {
	config := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "kube-system", Name: "coredns"}, Data: map[string]string{
		"Corefile": ".:53 {\n    errors\n    kubernetes corp.example in-addr.arpa ip6.arpa {\n       pods insecure\n    }\n}\n",
	}}
	require.Equal(t, "corp.example", clusterdns.Domain(t.Context(), fake.NewClientset(config)))
	require.Empty(t, clusterdns.Domain(t.Context(), fake.NewClientset()))
}
