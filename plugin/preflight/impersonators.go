package preflight

import (
	"context"
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"
)

// mostSubjects is how many people a warning names.
const mostSubjects = 20

// Impersonators returns a warning that names who may impersonate the ServiceAccounts of a
// namespace, and so act as a participant's launcher. The built-in role edit may. It reads
// roles and their bindings, so that the user needs no right to ask for others.
func Impersonators(ctx context.Context, client kubernetes.Interface, namespace string) []string {
	found, err := impersonators(ctx, client, namespace)
	switch {
	case err != nil:
		return []string{fmt.Sprintf("it is unknown who may impersonate the ServiceAccounts of namespace %q: %v", namespace, err)}
	case len(found) == 0:
		return nil
	}
	more := ""
	if len(found) > mostSubjects {
		more = fmt.Sprintf(", and %d more", len(found)-mostSubjects)
		found = found[:mostSubjects]
	}
	return []string{fmt.Sprintf("these may impersonate the ServiceAccounts of namespace %q, and so act as its launchers: %s%s; bind flare-site-admin instead of edit, admin or cluster-admin",
		namespace, strings.Join(found, ", "), more)}
}

func impersonators(ctx context.Context, client kubernetes.Interface, namespace string) ([]string, error) {
	rbac := client.RbacV1()
	bindings, err := rbac.RoleBindings(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	clusterBindings, err := rbac.ClusterRoleBindings().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	roles, err := rolesThatImpersonate(ctx, client, namespace)
	if err != nil {
		return nil, err
	}
	var found []string
	for i := range bindings.Items {
		b := &bindings.Items[i]
		found = append(found, subjects(b.Subjects, b.RoleRef, "RoleBinding "+b.Name, roles)...)
	}
	for i := range clusterBindings.Items {
		b := &clusterBindings.Items[i]
		found = append(found, subjects(b.Subjects, b.RoleRef, "ClusterRoleBinding "+b.Name, roles)...)
	}
	slices.Sort(found)
	return slices.Compact(found), nil
}

// rolesThatImpersonate are keys of the form "ClusterRole edit".
func rolesThatImpersonate(ctx context.Context, client kubernetes.Interface, namespace string) (map[string]bool, error) {
	roles, err := client.RbacV1().Roles(namespace).List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	clusterRoles, err := client.RbacV1().ClusterRoles().List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	found := map[string]bool{}
	for i := range roles.Items {
		found["Role "+roles.Items[i].Name] = slices.ContainsFunc(roles.Items[i].Rules, impersonates)
	}
	for i := range clusterRoles.Items {
		found["ClusterRole "+clusterRoles.Items[i].Name] = slices.ContainsFunc(clusterRoles.Items[i].Rules, impersonates)
	}
	return found, nil
}

// impersonates says whether a rule allows to impersonate a ServiceAccount. The verbs that
// begin with impersonate: are those of constrained impersonation, on resources of
// authentication.k8s.io. Source: kubernetes.io, "User impersonation".
func impersonates(rule rbacv1.PolicyRule) bool {
	has := func(list []string, wanted ...string) bool {
		return slices.ContainsFunc(list, func(s string) bool { return s == "*" || slices.Contains(wanted, s) })
	}
	verb := slices.ContainsFunc(rule.Verbs, func(v string) bool { return v == "*" || v == "impersonate" || strings.HasPrefix(v, "impersonate:") })
	return verb && has(rule.APIGroups, "", "authentication.k8s.io") && has(rule.Resources, "serviceaccounts")
}

// subjects are the people and groups of a binding. Those of Kubernetes itself are left out.
func subjects(all []rbacv1.Subject, role rbacv1.RoleRef, binding string, roles map[string]bool) []string {
	id := role.Kind + " " + role.Name
	if !roles[id] {
		return nil
	}
	var found []string
	for _, s := range all {
		name := s.Name
		if s.Kind == rbacv1.ServiceAccountKind {
			name = s.Namespace + "/" + s.Name
		}
		if strings.HasPrefix(s.Name, "system:") || (s.Kind == rbacv1.ServiceAccountKind && s.Namespace == metav1.NamespaceSystem) {
			continue
		}
		found = append(found, fmt.Sprintf("%s %s (%s of %s)", s.Kind, name, binding, id))
	}
	return found
}
