package launch

import (
	"net/http"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/flower"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	flowerkits "github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower/flowertest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

// superLink puts a SuperLink of a version into the namespace.
func (b *bench) superLink(version string) {
	b.t.Helper()
	k, err := workloadstest.Frameworks(b.t).Read(flowertest.New(b.t, version, "site-1").Kit(flowerkits.RoleServer, "superlink"))
	require.NoError(b.t, err)
	objects, err := clientstest.LaunchedAs(flower.Workloads{}, "ns", workloadstest.Accept(b.t, k), time.Now())
	require.NoError(b.t, err)
	for _, obj := range objects {
		b.Put(obj)
		if d, ok := obj.(*appsv1.Deployment); ok {
			b.Put(clientstest.RunningPod(d, time.Now()))
		}
	}
}

// launchFlower launches a participant of a version without waiting for it.
func (b *bench) launchFlower(version string, role kit.Role, args ...string) error {
	b.t.Helper()
	name := "site-1"
	if role == flowerkits.RoleServer {
		name = "superlink"
	}
	dir := kittest.WriteContent(b.t, flowertest.New(b.t, version, "site-1").Kit(role, name))
	_, _, err := b.launch(append([]string{dir, "--image=registry.example.org/flower:" + version, "--wait=false"}, args...)...)
	return err
}

// A participant whose server speaks another dialect is not launched.
func TestServerOfAnotherDialect(t *testing.T) {
	for _, role := range []kit.Role{flowerkits.RoleClient, flowerkits.RoleAdmin} {
		b := newBench(t)
		b.superLink(flowertest.VersionGRPC)
		b.rejected(b.launchFlower(flowertest.VersionHTTP, role), `the kit of "site-1" is for Flower 1.42.0, which speaks the dialect http`,
			"the SuperLink at superlink, which runs in this cluster, speaks grpc", "launch the SuperLink first")
		require.NoError(t, b.launchFlower(flowertest.VersionGRPC, role))
	}
	b := newBench(t)
	b.superLink(flowertest.VersionHTTP)
	b.rejected(b.launchFlower(flowertest.VersionGRPC, flowerkits.RoleClient), "speaks the dialect grpc", "speaks http")
	require.NoError(t, b.launchFlower(flowertest.VersionHTTP, flowerkits.RoleClient))
}

// The SuperLink itself is launched first when a federation moves to another dialect.
func TestServerMovesToAnotherDialect(t *testing.T) {
	b := newBench(t)
	b.superLink(flowertest.VersionGRPC)
	require.NoError(t, b.launchFlower(flowertest.VersionHTTP, flowerkits.RoleServer, "--force-conflicts"))
}

// Users of a site may not see the server's namespace.
func TestServerThatCannotBeSeen(t *testing.T) {
	for _, hidden := range []string{"services", "deployments"} {
		b := newBench(t)
		b.superLink(flowertest.VersionGRPC)
		b.Deny = func(verb, resource, _ string, _ bool) *apierrors.StatusError {
			if resource == hidden && (verb == "list" || verb == "get" && resource == "services") {
				return apierrors.NewForbidden(schema.GroupResource{Resource: resource}, "", nil)
			}
			return nil
		}
		require.NoError(t, b.launchFlower(flowertest.VersionHTTP, flowerkits.RoleClient, "--server-namespace=ns"), hidden)
	}
	b := newBench(t)
	b.superLink(flowertest.VersionGRPC)
	b.Deny = func(verb, resource, _ string, _ bool) *apierrors.StatusError {
		if verb == "list" && resource == "deployments" {
			return apierrors.NewGenericServerResponse(http.StatusInternalServerError, verb, schema.GroupResource{Resource: resource}, "", "away", 0, true)
		}
		return nil
	}
	b.rejected(b.launchFlower(flowertest.VersionHTTP, flowerkits.RoleClient), "away")
}
