package site

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// plan is what a governed namespace needs.
type plan struct {
	namespace string
	// policy is nil if an existing one is used; policyName is its name in any case.
	policy     *v1alpha1.SitePolicy
	policyName string
	flags      *flags
	// participants, launchers and frameworks are those of the policy; empty if it was not
	// read. A policy without frameworks admits all of them.
	participants []string
	launchers    []v1alpha1.LauncherRule
	frameworks   []string
	surroundings surroundings
}

// of takes the participants of the policy that governs the namespace.
func (p *plan) of(policy *v1alpha1.SitePolicy) {
	p.participants, p.launchers = policy.Spec.Participants, policy.Spec.Launchers
	p.frameworks = nil
	for _, f := range policy.Spec.Frameworks {
		p.frameworks = append(p.frameworks, f.Name)
	}
}

// objects are all objects except the label, which comes last: a namespace must not be
// governed before everything exists that this requires.
func (p *plan) objects() []workloads.Object {
	var objects []workloads.Object
	if p.policy != nil {
		policy := p.policy.DeepCopy()
		policy.Labels = ours(policy.Labels)
		objects = append(objects, policy)
	}
	objects = append(objects, p.binding(manifests.Webhook, manifests.ClusterRoleSite, []rbacv1.Subject{{
		Kind: rbacv1.ServiceAccountKind, Name: manifests.Webhook, Namespace: manifests.Namespace,
	}}))
	for _, l := range p.launchers {
		objects = append(objects, p.binding(launcherName(l), manifests.ClusterRoleLauncher, []rbacv1.Subject{{
			Kind: rbacv1.ServiceAccountKind, Name: l.ServiceAccountName, Namespace: p.namespace,
		}}))
	}
	for _, people := range []struct {
		role          string
		users, groups []string
	}{
		{manifests.ClusterRoleSiteAdmin, p.flags.Admins, p.flags.AdminGroups},
		{manifests.ClusterRoleDataScientist, p.flags.Scientists, p.flags.ScientistGroups},
	} {
		if subjects := subjects(people.users, people.groups); len(subjects) > 0 {
			objects = append(objects, p.binding(people.role, people.role, subjects))
		}
	}
	return append(objects, p.networkPolicies()...)
}

// manifest is all of them as people apply them: the namespace may not exist yet, so it comes
// before what is in it. Until the rest follows, nothing can run there.
func (p *plan) manifest() []workloads.Object {
	objects := p.objects()
	at := 0
	if p.policy != nil {
		at = 1 // the namespace's label names the policy
	}
	return slices.Insert(objects, at, workloads.Object(p.label()))
}

// launcherName is the name of the objects for a launcher.
func launcherName(l v1alpha1.LauncherRule) string {
	return "flare-launcher-" + kit.ObjectName(l.Participant)
}

// label is the namespace with only the label.
func (p *plan) label() *corev1.Namespace {
	return &corev1.Namespace{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Namespace"},
		ObjectMeta: metav1.ObjectMeta{Name: p.namespace, Labels: map[string]string{names.LabelSitePolicy: p.policyName}},
	}
}

func (p *plan) meta(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Namespace: p.namespace, Name: name, Labels: ours(nil)}
}

func ours(labels map[string]string) map[string]string {
	out := map[string]string{names.LabelManagedBy: names.ManagedBy}
	for key, value := range labels {
		if key != names.LabelManagedBy {
			out[key] = value
		}
	}
	return out
}

func (p *plan) binding(name, role string, subjects []rbacv1.Subject) *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{
		TypeMeta: metav1.TypeMeta{APIVersion: "rbac.authorization.k8s.io/v1", Kind: "RoleBinding"}, ObjectMeta: p.meta(name),
		RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
		Subjects: subjects,
	}
}

func subjects(users, groups []string) []rbacv1.Subject {
	var out []rbacv1.Subject
	for _, name := range users {
		out = append(out, rbacv1.Subject{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: name})
	}
	for _, name := range groups {
		out = append(out, rbacv1.Subject{Kind: rbacv1.GroupKind, APIGroup: rbacv1.GroupName, Name: name})
	}
	return out
}
