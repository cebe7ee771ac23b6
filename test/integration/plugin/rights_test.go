//go:build integration

package plugin

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/rest"

	"github.com/kubectl-flare/kubectl-flare/plugin"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
)

// editor is a person who has the built-in role `edit` in a namespace, and nothing
// else: what the README says is enough.
const editor = "editor"

func namespace(t *testing.T, name string) string {
	t.Helper()
	_, err := client(t).CoreV1().Namespaces().Create(t.Context(), &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
	require.NoError(t, err)
	// `edit` is put together of these by a controller, which does not run here.
	for _, part := range []string{"system:aggregate-to-edit", "system:aggregate-to-view"} {
		_, err = client(t).RbacV1().RoleBindings(name).Create(t.Context(), &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{GenerateName: "edit-"},
			RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: part},
			Subjects:   []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: editor}},
		}, metav1.CreateOptions{})
		require.NoError(t, err)
	}
	awaitRights(t, name)
	return name
}

// awaitRights waits until the API server has heard of both bindings: it gives one
// right of each.
func awaitRights(t *testing.T, namespace string) {
	t.Helper()
	for _, verb := range []string{"create", "list"} {
		require.Eventually(t, func() bool {
			review, err := client(t).AuthorizationV1().SubjectAccessReviews().Create(t.Context(), &authorizationv1.SubjectAccessReview{
				Spec: authorizationv1.SubjectAccessReviewSpec{User: editor, ResourceAttributes: &authorizationv1.ResourceAttributes{
					Namespace: namespace, Verb: verb, Group: "apps", Resource: "deployments",
				}},
			}, metav1.CreateOptions{})
			return err == nil && review.Status.Allowed
		}, 5*time.Second, 10*time.Millisecond, "the editor may not %s Deployments", verb)
	}
}

// flare runs the plugin as the editor and returns what it printed.
func flare(t *testing.T, args ...string) (stdout, stderr string, err error) {
	t.Helper()
	streams, _, out, errOut := genericiooptions.NewTestIOStreams()
	flags := genericclioptions.NewConfigFlags(false)
	flags.WrapConfigFn = func(*rest.Config) *rest.Config {
		as := rest.CopyConfig(config)
		as.Impersonate = rest.ImpersonationConfig{UserName: editor}
		return as
	}
	options := plugin.DefaultOptions(streams)
	options.ConfigFlags = flags
	cmd := plugin.NewCommand(options)
	cmd.SetArgs(args)
	err = cmd.ExecuteContext(t.Context())
	return out.String(), errOut.String(), err
}

// TestEditIsEnough: who may edit one namespace may launch, look and delete there.
func TestEditIsEnough(t *testing.T) {
	ns := namespace(t, "edit-is-enough")
	host := "server1." + ns + ".svc"
	federation := kittest.NewFederation(t, "demo", kittest.WithAddress(host, 8002))
	names := []string{"server1", "Site_2", "lead@demo.test"}
	kits := []*kittest.Kit{
		federation.Server("server1", "consortium", host),
		federation.Client("Site_2", "hospital_b"),
		federation.Admin("lead@demo.test", "hospital_a", "lead"),
	}
	for i, name := range names {
		t.Run("launch "+name, func(t *testing.T) {
			dir := kits[i].WriteDir(t)
			out, errOut, err := flare(t, "launch", dir, "--image=registry.test/nvflare:2.9.0", "--wait=false", "-n", ns)
			require.NoError(t, err, errOut)
			require.Contains(t, out, " created")
			out, _, err = flare(t, "launch", dir, "--image=registry.test/nvflare:2.9.0", "--wait=false", "-n", ns)
			require.NoError(t, err)
			require.NotContains(t, out, " created")
			require.NotContains(t, out, " configured")
		})
	}
	t.Run("status", func(t *testing.T) {
		out, errOut, err := flare(t, "status", "-n", ns)
		require.NoError(t, err, errOut)
		for _, name := range names {
			require.Contains(t, out, name)
		}
	})
	for _, name := range names {
		t.Run("delete "+name, func(t *testing.T) {
			_, errOut, err := flare(t, "delete", name, "--delete-data", "-n", ns)
			require.NoError(t, err, errOut)
		})
	}
	t.Run("nothing is left", func(t *testing.T) {
		secrets, err := client(t).CoreV1().Secrets(ns).List(t.Context(), metav1.ListOptions{})
		require.NoError(t, err)
		require.Empty(t, secrets.Items)
		deployments, err := client(t).AppsV1().Deployments(ns).List(t.Context(), metav1.ListOptions{})
		require.NoError(t, err)
		require.Empty(t, deployments.Items)
	})
}
