package launch

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

// In a cluster whose domain is not the usual one, names of Services have that domain.
func TestClusterDomain(t *testing.T) {
	coreDNS := &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Namespace: "kube-system", Name: "coredns"}, Data: map[string]string{"Corefile": ".:53 {\n    kubernetes corp.example in-addr.arpa\n}\n"}}
	b := newBench(t, coreDNS)
	b.federation = kittest.NewFederation(t, "lab_federation", kittest.WithAddress("server1", 8002))
	link := func(args ...string) any {
		_, _, err := b.launch(append([]string{b.client(), image, "--wait=false", "--server-namespace=fl", "--force-conflicts"}, args...)...)
		require.NoError(t, err)
		service, ok := b.Get("services", "ns", "server1")
		require.True(t, ok)
		return service.Object["spec"].(map[string]any)["externalName"]
	}
	require.Equal(t, "server1.fl.svc.corp.example", link())
	require.Equal(t, "server1.fl.svc.other.example", link("--cluster-domain=other.example"))

	b = newBench(t, coreDNS)
	_, _, err := b.launch(b.serverAt(8002, "server1.ns.svc.corp.example"), image, "--wait=false", "--force-conflicts")
	require.NoError(t, err)
	service, _ := b.Get("services", "ns", "server1")
	require.NotContains(t, service.Object["spec"], "externalName", "the server's certificate has the name of its Service")
	_, _, err = b.launch(b.client(), image, "--cluster-domain=a_b", "--dry-run=client")
	require.ErrorContains(t, err, `--cluster-domain "a_b" is not valid`)
}
