//go:build integration

package admission

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	apiextensionsv1 "k8s.io/apiextensions-apiserver/pkg/apis/apiextensions/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/kubernetes"
	"sigs.k8s.io/controller-runtime/pkg/envtest"
)

// TestNetworksOfAddOns: kinds of add-ons that open connections are for users who govern.
// The kind is a stand-in.
func TestNetworksOfAddOns(t *testing.T) {
	route := schema.GroupVersionKind{Group: "gateway.networking.k8s.io", Version: "v1", Kind: "TLSRoute"}
	_, err := envtest.InstallCRDs(world.config, envtest.CRDInstallOptions{CRDs: []*apiextensionsv1.CustomResourceDefinition{anyKind(route)}})
	require.NoError(t, err)
	governed, free := createNamespace(t, "routes", "absent"), createNamespace(t, "free-routes", "")
	all := rbacv1.PolicyRule{APIGroups: []string{route.Group}, Resources: []string{"*"}, Verbs: []string{"*"}}
	tenant := user(t, "router", all)
	admin := user(t, "governor", all, rbacv1.PolicyRule{APIGroups: []string{"kubectl-flare.dev"}, Resources: []string{"sitepolicies"}, Verbs: []string{"govern"}})
	create := func(as kubernetes.Interface, kind schema.GroupVersionKind, ns string) error {
		body := `{"apiVersion":"` + kind.GroupVersion().String() + `","kind":"` + kind.Kind + `","metadata":{"name":"r"},"spec":{"hostnames":["fl.example.org"]}}`
		return as.CoreV1().RESTClient().Post().AbsPath("apis", kind.Group, kind.Version, "namespaces", ns, plural(kind)).
			Param("dryRun", metav1.DryRunAll).SetHeader("Content-Type", "application/json").Body([]byte(body)).Do(t.Context()).Error()
	}
	within(t, 5*time.Second, "the kind is served", func() bool { return create(tenant, route, free) == nil })
	within(t, 5*time.Second, "the policy is applied to it", func() bool { return create(tenant, route, governed) != nil })
	denied(t, create(tenant, route, governed), "flare-networks", "tlsroutes.gateway.networking.k8s.io could open connections")
	require.NoError(t, create(admin, route, governed))
}
