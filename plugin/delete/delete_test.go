package delete

import (
	"errors"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/spf13/cobra"
	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/builtin"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/nvflare"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/workloadstest"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

func cluster(t *testing.T, kits ...*kittest.Kit) *clientstest.Server {
	t.Helper()
	server := clientstest.Start(t)
	for _, k := range kits {
		objects, err := clientstest.Launched("fl", workloadstest.Accept(t, k.Read()), time.Now())
		if err != nil {
			t.Fatal(err)
		}
		for _, obj := range objects {
			server.Put(obj)
		}
	}
	return server
}

func run(t *testing.T, server *clientstest.Server, args ...string) (out, errOut string, err error) {
	t.Helper()
	return clientstest.Run(t, func(streams genericiooptions.IOStreams) *cobra.Command {
		return NewCommand(server.Clients("fl"), builtin.Default(), streams)
	}, args...)
}

func federation(t *testing.T) *kittest.Federation {
	t.Helper()
	return kittest.NewFederation(t, "demo")
}

func TestDeleteKeepsDataAndOthers(t *testing.T) {
	f := federation(t)
	site := f.Client("Site_2", "hospital_b")
	server := cluster(t, site, f.Client("site-1", "hospital_a"))
	out, _, err := run(t, server, "Site_2")
	if err != nil {
		t.Fatal(err)
	}
	k := site.Read()
	want := []string{
		"delete deployments/site-2-809cb9ad", "delete serviceaccounts/site-2-809cb9ad",
		"delete configmaps/" + kit.ConfigMapName(k), "delete secrets/" + kit.SecretName(k),
	}
	if diff := cmp.Diff(want, server.Writes()); diff != "" {
		t.Errorf("-want +got:\n%s", diff)
	}
	if !strings.Contains(out, "persistentvolumeclaim/site-2-809cb9ad-workspace kept, with its data") {
		t.Errorf("it does not say what it keeps:\n%s", out)
	}
}

func TestDeleteTwiceAndData(t *testing.T) {
	server := cluster(t, federation(t).Client("site-1", "hospital_a"))
	if _, _, err := run(t, server, "site-1", "--delete-data"); err != nil {
		t.Fatal(err)
	}
	if _, ok := server.Get("persistentvolumeclaims", "fl", "site-1-workspace"); ok {
		t.Error("the workspace is still there")
	}
	_, errOut, err := run(t, server, "site-1")
	if err != nil || !strings.Contains(errOut, `namespace "fl" has no objects of participant "site-1"`) {
		t.Errorf("the second time: %v, %q", err, errOut)
	}
}

func TestDryRuns(t *testing.T) {
	for mode, suffix := range map[string]string{"client": " deleted (dry run)", "server": " deleted (server dry run)"} {
		server := cluster(t, federation(t).Admin("lead@hospital-a.org", "hospital_a", "lead"))
		out, _, err := run(t, server, "lead@hospital-a.org", "--dry-run="+mode)
		if err != nil || !strings.Contains(out, "cronjob.batch/lead-hospital-a-org-cd66be56"+suffix) {
			t.Errorf("%s: %v\n%s", mode, err, out)
		}
		if w := server.Writes(); len(w) > 0 {
			t.Errorf("%s: %v", mode, w)
		}
	}
}

// Users who may not list Secrets, which would show their keys, can delete them.
func TestDeleteWithoutSeeingSecrets(t *testing.T) {
	site := federation(t).Client("Site_2", "hospital_b")
	server := cluster(t, site)
	server.Deny = func(verb, resource, name string, _ bool) *apierrors.StatusError {
		if resource == "secrets" && verb != "delete" {
			return apierrors.NewForbidden(schema.GroupResource{Resource: "secrets"}, name, errors.New("no"))
		}
		return nil
	}
	if _, _, err := run(t, server, "Site_2"); err != nil {
		t.Fatal(err)
	}
	if want := "delete secrets/" + kit.SecretName(site.Read()); !slices.Contains(server.Writes(), want) {
		t.Errorf("no %q in %v", want, server.Writes())
	}
}

func TestOneDenialDoesNotKeepTheRest(t *testing.T) {
	server := cluster(t, federation(t).Client("site-1", "hospital_a"))
	server.Deny = func(verb, resource, name string, _ bool) *apierrors.StatusError {
		if resource == "deployments" && verb == "delete" {
			return apierrors.NewForbidden(schema.GroupResource{Group: "apps", Resource: "deployments"}, name,
				errors.New(`User "bob" cannot delete resource "deployments" in API group "apps" in the namespace "fl"`))
		}
		return nil
	}
	_, _, err := run(t, server, "site-1")
	if err == nil || !strings.Contains(err.Error(), `user "bob" may not delete deployments.apps`) {
		t.Errorf("got %v", err)
	}
	if len(server.Writes()) != 3 {
		t.Errorf("deleted: %v", server.Writes())
	}
}

// The Service that leads to the server is deleted with the last participant that used it.
func TestSharedService(t *testing.T) {
	f := federation(t)
	server := clientstest.Start(t)
	for _, name := range []string{"site-1", "site-2"} {
		set, err := nvflare.Workloads{}.Objects(workloads.Participant{Namespace: "fl", ServerNamespace: "fl-server", Settings: workloads.Settings{Image: "x"}}, workloadstest.Accept(t, f.Client(name, "hospital_a").Read()))
		if err != nil {
			t.Fatal(err)
		}
		for _, obj := range set.Objects() {
			server.Put(obj)
		}
	}
	for _, tc := range []struct {
		name  string
		stays bool
	}{{"site-1", true}, {"site-2", false}} {
		if _, _, err := run(t, server, tc.name); err != nil {
			t.Fatal(err)
		}
		if _, ok := server.Get("services", "fl", "server1"); ok != tc.stays {
			t.Errorf("after %s is deleted, the Service is there: %v", tc.name, ok)
		}
	}
}

// A claim with kits holds those of other participants too: it stays, and a note says so.
func TestDeleteLeavesTheClaimWithKits(t *testing.T) {
	f := federation(t)
	k, err := f.Client("site-1", "hospital_a").Seal(t, f.Sealer("release")).Read().On(kit.Volume{ClaimName: "flare-kits", SubPath: "site-1/0123"})
	if err != nil {
		t.Fatal(err)
	}
	objects, err := clientstest.Launched("fl", workloadstest.Accept(t, k), time.Now())
	if err != nil {
		t.Fatal(err)
	}
	server := clientstest.Start(t, objects...)
	_, errOut, err := run(t, server, "site-1", "--delete-data")
	if err != nil {
		t.Fatal(err)
	}
	want := `Note: the kit of "site-1", with its private key, stays on claim "flare-kits" in folder site-1/0123; when no kit on the claim is needed any more, run: kubectl delete persistentvolumeclaim flare-kits -n fl`
	if strings.Count(errOut, want) != 1 || slices.Contains(server.Writes(), "delete persistentvolumeclaims/flare-kits") {
		t.Errorf("said: %s\ndone: %v", errOut, server.Writes())
	}
}

// The Secret of a former kit, which nothing else in the cluster refers to, is deleted too,
// also by users who may not list Secrets; what is not the participant's stays.
func TestDeleteFindsFormerKits(t *testing.T) {
	f := federation(t)
	site, former := f.Client("site-1", "hospital_a").Read(), f.Client("site-1", "hospital_a").Read()
	server := cluster(t, f.Client("site-2", "hospital_b"))
	objects, err := clientstest.Launched("fl", workloadstest.Accept(t, site), time.Now())
	require.NoError(t, err)
	formerSecret, err := workloads.KitForm("fl", former)
	require.NoError(t, err)
	for _, obj := range append(objects, formerSecret[0]) {
		server.Put(obj)
	}
	server.Put(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Namespace: "fl", Name: "database"}})
	meta := workloads.Meta("fl", engine.InventoryName("site-1"), site)
	server.Put(&corev1.ConfigMap{ObjectMeta: meta, Data: map[string]string{
		"Secret_" + kit.SecretName(former): "launch", "Secret_database": "launch", "Deployment.apps_site-2": "launch",
	}})
	server.Deny = func(verb, resource, name string, _ bool) *apierrors.StatusError {
		if resource == "secrets" && verb != "delete" {
			return apierrors.NewForbidden(schema.GroupResource{Resource: "secrets"}, name, errors.New("no"))
		}
		return nil
	}
	_, _, err = run(t, server, "site-1")
	require.NoError(t, err)
	for _, want := range []string{kit.SecretName(site), kit.SecretName(former)} {
		require.Contains(t, server.Writes(), "delete secrets/"+want)
	}
	require.NotContains(t, server.Writes(), "delete secrets/database")
	require.NotContains(t, server.Writes(), "delete deployments/site-2")
	require.Equal(t, "delete configmaps/flare-inventory-site-1", server.Writes()[len(server.Writes())-1], "the inventory is deleted last")
}
