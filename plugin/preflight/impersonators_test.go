package preflight_test

import (
	"errors"
	"fmt"
	"testing"

	"github.com/stretchr/testify/require"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/kubernetes/fake"
	clienttesting "k8s.io/client-go/testing"

	"github.com/kubectl-flare/kubectl-flare/plugin/preflight"
)

func clusterRole(name string, rules ...rbacv1.PolicyRule) *rbacv1.ClusterRole {
	return &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules}
}

func rule(verb, group, resource string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{Verbs: []string{"get", verb}, APIGroups: []string{group}, Resources: []string{resource}}
}

func binding(namespace, name, kind, role string, subjects ...rbacv1.Subject) *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Namespace: namespace, Name: name}, RoleRef: rbacv1.RoleRef{Kind: kind, Name: role}, Subjects: subjects,
	}
}

func user(name string) rbacv1.Subject { return rbacv1.Subject{Kind: rbacv1.UserKind, Name: name} }

func TestImpersonators(t *testing.T) {
	account := rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: "ci", Name: "deployer"}
	controller := rbacv1.Subject{Kind: rbacv1.ServiceAccountKind, Namespace: "kube-system", Name: "controller"}
	masters := rbacv1.Subject{Kind: rbacv1.GroupKind, Name: "system:masters"}
	client := fake.NewClientset(
		clusterRole("edit", rule("impersonate", "", "serviceaccounts")), clusterRole("cluster-admin", rule("*", "*", "*")),
		clusterRole("view", rule("list", "", "serviceaccounts")), clusterRole("as-users", rule("impersonate", "", "users")),
		clusterRole("constrained", rule("impersonate:serviceaccount", "authentication.k8s.io", "serviceaccounts")),
		&rbacv1.Role{ObjectMeta: metav1.ObjectMeta{Namespace: "fl", Name: "edit"}, Rules: []rbacv1.PolicyRule{rule("get", "", "pods")}},
		binding("fl", "devs", "ClusterRole", "edit", user("ann"), account, controller), binding("fl", "own", "Role", "edit", user("ben")),
		binding("fl", "readers", "ClusterRole", "view", user("cy")), binding("fl", "users", "ClusterRole", "as-users", user("di")),
		binding("fl", "new", "ClusterRole", "constrained", user("eli")), binding("other", "devs", "ClusterRole", "edit", user("fay")),
		&rbacv1.ClusterRoleBinding{ObjectMeta: metav1.ObjectMeta{Name: "admins"}, RoleRef: rbacv1.RoleRef{Kind: "ClusterRole", Name: "cluster-admin"}, Subjects: []rbacv1.Subject{masters, user("gus")}},
	)
	require.Equal(t, []string{`these may impersonate the ServiceAccounts of namespace "fl", and so act as its launchers: ` +
		`ServiceAccount ci/deployer (RoleBinding devs of ClusterRole edit), User ann (RoleBinding devs of ClusterRole edit), ` +
		`User eli (RoleBinding new of ClusterRole constrained), User gus (ClusterRoleBinding admins of ClusterRole cluster-admin)` +
		`; bind flare-site-admin instead of edit, admin or cluster-admin`}, preflight.Impersonators(t.Context(), client, "fl"))
	require.Len(t, preflight.Impersonators(t.Context(), client, "elsewhere"), 1, "gus, in every namespace")
}

func TestNoImpersonators(t *testing.T) {
	require.Empty(t, preflight.Impersonators(t.Context(), fake.NewClientset(clusterRole("edit", rule("impersonate", "", "serviceaccounts"))), "fl"))
}

func TestManyImpersonators(t *testing.T) {
	var all []rbacv1.Subject
	for i := range 50 {
		all = append(all, user(fmt.Sprintf("user-%02d", i)))
	}
	client := fake.NewClientset(clusterRole("edit", rule("impersonate", "", "serviceaccounts")), binding("fl", "devs", "ClusterRole", "edit", all...))
	require.Contains(t, preflight.Impersonators(t.Context(), client, "fl")[0], "user-19 (RoleBinding devs of ClusterRole edit), and 30 more;")
}

func TestImpersonatorsThatCannotBeRead(t *testing.T) {
	client := fake.NewClientset()
	client.PrependReactor("list", "clusterroles", func(clienttesting.Action) (bool, runtime.Object, error) {
		return true, nil, errors.New("forbidden")
	})
	require.Equal(t, []string{`it is unknown who may impersonate the ServiceAccounts of namespace "fl": forbidden`}, preflight.Impersonators(t.Context(), client, "fl"))
}
