package workloads

import (
	"fmt"
	"strings"

	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// JobPods is implemented by frameworks whose participants can run each job in a pod of its
// own: the participant is then the launcher of its job pods.
type JobPods interface {
	// Launches says whether local/ of a kit makes the participant a launcher.
	Launches(*kit.Kit) bool
	// LauncherSettings are the files of local/ that make it one. They are those of the
	// kit if it already is one with these options. It is an error if the kit's role has
	// no jobs.
	LauncherSettings(*kit.Kit, LauncherOptions) (kit.Files, error)
	// LauncherSecrets are the names of the Secrets that a participant's launcher makes
	// once, for all of its jobs.
	LauncherSecrets(participant string, role kit.Role) []string
	// JobSecrets are the names of the Secrets that a launcher makes for one job pod, and
	// that Kubernetes does not delete with the pod.
	JobSecrets(pod string) []string
}

// LauncherOptions are what a launcher needs to know of its job pods.
type LauncherOptions struct {
	// Namespace is where the job pods run: that of the participant.
	Namespace string
	// Image is for jobs that name none; it may be empty.
	Image string
	// ImagePullSecrets are those of the job pods.
	ImagePullSecrets []string
	PodSettings
}

// LauncherRules are the permissions that a launcher needs: no framework's launcher reads a
// Secret, though those that it may write show their content in the answer to a patch. The
// manifests of the webhook have the same rules.
func LauncherRules() []rbacv1.PolicyRule {
	core := []string{corev1.GroupName}
	return []rbacv1.PolicyRule{
		{APIGroups: core, Resources: []string{"pods"}, Verbs: []string{"create", "get", "delete"}},
		{APIGroups: core, Resources: []string{"events"}, Verbs: []string{"list"}},
		{APIGroups: core, Resources: []string{"secrets"}, Verbs: []string{"create", "update", "patch", "delete"}},
	}
}

// LauncherName is the name of the Role and the RoleBinding of a participant's launcher.
func LauncherName(participant string) string { return kit.ObjectName(participant) + "-launcher" }

// LauncherAccess are the Role and the RoleBinding of the participant's ServiceAccount, if it
// is a launcher. In a governed namespace, `site add` binds it instead: its users may not
// give a permission that they do not have.
func (b Builder) LauncherAccess() []Object {
	if !b.JobPods || b.Governed {
		return nil
	}
	const version = "rbac.authorization.k8s.io/v1"
	name := LauncherName(b.Kit.Participant)
	return []Object{
		&rbacv1.Role{
			TypeMeta: metav1.TypeMeta{APIVersion: version, Kind: "Role"}, ObjectMeta: b.Meta(name), Rules: LauncherRules(),
		},
		&rbacv1.RoleBinding{
			TypeMeta: metav1.TypeMeta{APIVersion: version, Kind: "RoleBinding"}, ObjectMeta: b.Meta(name),
			RoleRef:  rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "Role", Name: name},
			Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: b.Name, Namespace: b.Namespace}},
		},
	}
}

// JobContainers is implemented by frameworks whose participants can run their jobs in a
// container of their own, beside the participant's.
type JobContainers interface {
	// CheckJobContainer says why the participant of a kit cannot, as a full sentence.
	CheckJobContainer(*kit.Kit) error
}

// NoJobPods is the error for a framework without the capability JobPods.
func (r *Registry) NoJobPods(framework string) error {
	return r.without(framework, "does not run its jobs in pods of their own", func(f *Framework) bool { return f.JobPods != nil })
}

// NoJobContainers is the error for a framework without the capability JobContainers.
func (r *Registry) NoJobContainers(framework string) error {
	return r.without(framework, "does not run its jobs in containers of their own", func(f *Framework) bool { return f.JobContainers != nil })
}

func (r *Registry) without(framework, what string, has func(*Framework) bool) error {
	var with []string
	for _, f := range r.all {
		if has(f) {
			with = append(with, f.Framework())
		}
	}
	switch len(with) {
	case 0:
		return fmt.Errorf("%s %s", framework, what)
	case 1:
		return fmt.Errorf("%s %s: %s does", framework, what, with[0])
	}
	return fmt.Errorf("%s %s: %s do", framework, what, strings.Join(with, ", "))
}
