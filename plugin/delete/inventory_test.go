package delete

import (
	"errors"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// inventoried is a cluster with site-1, its inventory, and the kit.
func inventoried(t *testing.T) (*clientstest.Server, *kit.Kit) {
	t.Helper()
	site := federation(t).Client("site-1", "hospital_a").Read()
	objects, err := clientstest.Launched("fl", workloadstest.Accept(t, site), time.Now())
	require.NoError(t, err)
	server := clientstest.Start(t, objects...)
	inventory := &corev1.ConfigMap{ObjectMeta: workloads.Meta("fl", engine.InventoryName("site-1"), site), Data: map[string]string{}}
	for _, obj := range objects {
		accessor, ok := obj.(interface {
			runtime.Object
			GetName() string
		})
		require.True(t, ok)
		inventory.Data[obj.GetObjectKind().GroupVersionKind().GroupKind().String()+"_"+accessor.GetName()] = "launch"
	}
	server.Put(inventory)
	return server, site
}

// Labels can be copied: only what the inventory lists is deleted.
func TestDeleteIsExact(t *testing.T) {
	server, site := inventoried(t)
	server.Put(&appsv1.Deployment{ObjectMeta: workloads.Meta("fl", "my-copy", site)})
	_, errOut, err := run(t, server, "site-1")
	require.NoError(t, err)
	require.Contains(t, errOut, `Note: deployment.apps/my-copy has the labels of "site-1" and is not in its inventory flare-inventory-site-1, so it stays`)
	_, ok := server.Get("deployments", "fl", "my-copy")
	require.True(t, ok)
	_, ok = server.Get("deployments", "fl", "site-1")
	require.False(t, ok)
	_, ok = server.Get("configmaps", "fl", "flare-inventory-site-1")
	require.False(t, ok)
}

// An inventory stays until everything in it is gone: the second run still knows the Secret with
// the key, which its user may not list.
func TestDeleteKeepsTheInventoryOfWhatIsLeft(t *testing.T) {
	server, site := inventoried(t)
	allowed := false
	server.Deny = func(verb, resource, name string, _ bool) *apierrors.StatusError {
		if resource == "secrets" && (verb != "delete" || !allowed) {
			return apierrors.NewForbidden(schema.GroupResource{Resource: "secrets"}, name, errors.New("no"))
		}
		return nil
	}
	_, _, err := run(t, server, "site-1")
	require.ErrorContains(t, err, kit.SecretName(site))
	_, ok := server.Get("deployments", "fl", "site-1")
	require.False(t, ok, "the rest is deleted")
	_, ok = server.Get("configmaps", "fl", "flare-inventory-site-1")
	require.True(t, ok)
	allowed = true
	_, _, err = run(t, server, "site-1")
	require.NoError(t, err)
	for resource, name := range map[string]string{"secrets": kit.SecretName(site), "configmaps": "flare-inventory-site-1"} {
		_, ok := server.Get(resource, "fl", name)
		require.False(t, ok, name)
	}
}
