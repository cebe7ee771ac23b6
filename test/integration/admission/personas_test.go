//go:build integration

package admission

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
)

// The Secrets that no persona may read, and the pods that they may not enter.
const (
	plainSecret = "registry-password"
	plainValue  = "hunter2"
	// personaLauncher makes job pods and the Secrets of its jobs.
	personaLauncher = "system:serviceaccount:personas:site-1"
)

// attempt is a way to a Secret's content, or into a pod.
type attempt struct {
	name string
	do   func(ctx context.Context, c kubernetes.Interface, ns string) error
}

// attempts are what every persona tries.
func attempts(kitName string) []attempt {
	dry := []string{metav1.DryRunAll}
	var all []attempt
	for _, name := range []string{plainSecret, kitName} {
		all = append(all,
			attempt{"get " + name, func(ctx context.Context, c kubernetes.Interface, ns string) error {
				_, err := c.CoreV1().Secrets(ns).Get(ctx, name, metav1.GetOptions{})
				return err
			}},
			attempt{"patch of " + name + " in a dry run", func(ctx context.Context, c kubernetes.Interface, ns string) error {
				_, err := c.CoreV1().Secrets(ns).Patch(ctx, name, types.MergePatchType, []byte(`{"metadata":{"labels":{"a":"b"}}}`), metav1.PatchOptions{DryRun: dry})
				return err
			}},
			attempt{"apply of " + name + " in a dry run", func(ctx context.Context, c kubernetes.Interface, ns string) error {
				patch := `{"apiVersion":"v1","kind":"Secret","metadata":{"name":"` + name + `"}}`
				_, err := c.CoreV1().Secrets(ns).Patch(ctx, name, types.ApplyPatchType, []byte(patch), metav1.PatchOptions{DryRun: dry, FieldManager: "x", Force: new(true)})
				return err
			}},
			attempt{"delete of " + name + " that waits for its dependents", func(ctx context.Context, c kubernetes.Interface, ns string) error {
				return c.CoreV1().Secrets(ns).Delete(ctx, name, metav1.DeleteOptions{DryRun: dry, PropagationPolicy: new(metav1.DeletePropagationForeground)})
			}},
			attempt{"delete of " + name + " that orphans its dependents", func(ctx context.Context, c kubernetes.Interface, ns string) error {
				return c.CoreV1().Secrets(ns).Delete(ctx, name, metav1.DeleteOptions{DryRun: dry, OrphanDependents: new(true)}) //nolint:staticcheck // the API server still takes it
			}},
			attempt{"update of " + name + " in a dry run", func(ctx context.Context, c kubernetes.Interface, ns string) error {
				_, err := c.CoreV1().Secrets(ns).Update(ctx, &corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.UpdateOptions{DryRun: dry})
				return err
			}},
		)
	}
	return append(append(all, collections()...), throughPods(kitName)...)
}

func collections() []attempt {
	return []attempt{
		{"list", func(ctx context.Context, c kubernetes.Interface, ns string) error {
			_, err := c.CoreV1().Secrets(ns).List(ctx, metav1.ListOptions{})
			return err
		}},
		{"watch", func(ctx context.Context, c kubernetes.Interface, ns string) error {
			w, err := c.CoreV1().Secrets(ns).Watch(ctx, metav1.ListOptions{})
			if err == nil {
				w.Stop()
			}
			return err
		}},
		{"delete of all, which returns them", func(ctx context.Context, c kubernetes.Interface, ns string) error {
			return c.CoreV1().Secrets(ns).DeleteCollection(ctx, metav1.DeleteOptions{DryRun: []string{metav1.DryRunAll}}, metav1.ListOptions{})
		}},
		{"a token of the launcher", func(ctx context.Context, c kubernetes.Interface, ns string) error {
			_, err := c.CoreV1().ServiceAccounts(ns).CreateToken(ctx, "default", &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
			return err
		}},
		{"a Secret that is filled with a token", func(ctx context.Context, c kubernetes.Interface, ns string) error {
			_, err := c.CoreV1().Secrets(ns).Create(ctx, &corev1.Secret{
				ObjectMeta: metav1.ObjectMeta{Name: "token", Annotations: map[string]string{corev1.ServiceAccountNameKey: "default"}}, Type: corev1.SecretTypeServiceAccountToken,
			}, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
			return err
		}},
		{"a copy of a claim with data", func(ctx context.Context, c kubernetes.Interface, ns string) error {
			_, err := c.CoreV1().PersistentVolumeClaims(ns).Create(ctx, &corev1.PersistentVolumeClaim{ObjectMeta: metav1.ObjectMeta{Name: "copy"}, Spec: corev1.PersistentVolumeClaimSpec{
				AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
				Resources:   corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
				DataSource:  &corev1.TypedLocalObjectReference{Kind: "PersistentVolumeClaim", Name: "ct-scans"},
			}}, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
			return err
		}},
	}
}

// throughPods are pods of the persona's own that would show a Secret, and the pod of a
// participant.
func throughPods(kitName string) []attempt {
	secretVolume := func(name string) func(*corev1.PodSpec) {
		return func(s *corev1.PodSpec) {
			s.Volumes = []corev1.Volume{{Name: "s", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: name}}}}
		}
	}
	reference := corev1.LocalObjectReference{Name: plainSecret}
	all := []attempt{
		{"a pod that mounts the kit", pod(secretVolume(kitName))},
		{"a pod that mounts a Secret", pod(secretVolume(plainSecret))},
		{"a pod that projects a Secret", pod(func(s *corev1.PodSpec) {
			s.Volumes = []corev1.Volume{{Name: "s", VolumeSource: corev1.VolumeSource{Projected: &corev1.ProjectedVolumeSource{
				Sources: []corev1.VolumeProjection{{Secret: &corev1.SecretProjection{LocalObjectReference: reference}}},
			}}}}
		})},
		{"a pod with a Secret in a variable", pod(func(s *corev1.PodSpec) {
			s.Containers[0].Env = []corev1.EnvVar{{Name: "S", ValueFrom: &corev1.EnvVarSource{SecretKeyRef: &corev1.SecretKeySelector{LocalObjectReference: reference, Key: "password"}}}}
		})},
		{"a pod with all variables of a Secret", pod(func(s *corev1.PodSpec) {
			s.Containers[0].EnvFrom = []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: reference}}}
		})},
		{"an init container with a Secret in a variable", pod(func(s *corev1.PodSpec) {
			c := *s.Containers[0].DeepCopy()
			c.Name, c.EnvFrom = "init", []corev1.EnvFromSource{{SecretRef: &corev1.SecretEnvSource{LocalObjectReference: reference}}}
			s.InitContainers = []corev1.Container{c}
		})},
		{"a workload that mounts a Secret", func(ctx context.Context, c kubernetes.Interface, ns string) error {
			d := deploymentOf("reader")
			secretVolume(plainSecret)(&d.Spec.Template.Spec)
			_, err := c.AppsV1().Deployments(ns).Create(ctx, d, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
			return err
		}},
		{"an ephemeral container", func(ctx context.Context, c kubernetes.Interface, ns string) error {
			patch := `{"spec":{"ephemeralContainers":[{"name":"debug","image":"registry.test/x","targetContainerName":"main"}]}}`
			_, err := c.CoreV1().Pods(ns).Patch(ctx, "participant", types.StrategicMergePatchType, []byte(patch), metav1.PatchOptions{DryRun: []string{metav1.DryRunAll}}, "ephemeralcontainers")
			return err
		}},
	}
	for _, verb := range []string{"exec", "attach", "portforward", "proxy"} {
		all = append(all, attempt{verb, func(ctx context.Context, c kubernetes.Interface, ns string) error {
			return c.CoreV1().RESTClient().Post().Namespace(ns).Resource("pods").Name("participant").SubResource(verb).Do(ctx).Error()
		}})
	}
	return all
}

func pod(change func(*corev1.PodSpec)) func(context.Context, kubernetes.Interface, string) error {
	return func(ctx context.Context, c kubernetes.Interface, ns string) error {
		p := podOf("reader")
		change(&p.Spec)
		_, err := c.CoreV1().Pods(ns).Create(ctx, p, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err
	}
}

// TestPersonas: no persona gets the content of a Secret, or into a participant's pod, in any
// way, with nothing but the roles that the manifests and site add give.
func TestPersonas(t *testing.T) {
	const ns, kitName = "personas", "flare-kit-site-1-00000000000000000000000000000000"
	settlePersonas(t, ns, kitName)
	webhook := "system:serviceaccount:flare-system:flare-webhook"
	for name, persona := range map[string]struct {
		user string
		// may are what the persona needs, and may do.
		may []string
	}{
		"project lead":   {"persona-lead", nil},
		"site admin":     {"persona-site", nil},
		"cluster admin":  {"persona-cluster", nil},
		"data scientist": {"persona-scientist", nil},
		"auditor":        {"persona-auditor", nil},
		"the launcher":   {personaLauncher, nil},
		// It verifies kits, which it reads by name.
		"the webhook": {webhook, []string{"get " + plainSecret, "get " + kitName}},
	} {
		t.Run(name, func(t *testing.T) {
			c := impersonate(t, persona.user)
			for _, a := range attempts(kitName) {
				err := a.do(t.Context(), c, ns)
				if slices.Contains(persona.may, a.name) {
					require.NoError(t, err, a.name)
					continue
				}
				require.Error(t, err, a.name)
				// A kit is immutable: the API server rejects another content before it asks anyone.
				require.True(t, apierrors.IsForbidden(err) || apierrors.IsInvalid(err), "%s: %v", a.name, err)
				require.NotContains(t, err.Error(), plainValue)
			}
		})
	}
	// A plain deletion, whose answer shows nothing, works.
	for _, user := range []string{"persona-site", personaLauncher} {
		require.NoError(t, impersonate(t, user).CoreV1().Secrets(ns).Delete(t.Context(), plainSecret, metav1.DeleteOptions{DryRun: []string{metav1.DryRunAll}}), user)
	}
	// The same attempts reach something: a user with every right, who did not open
	// break-glass, reads the Secrets.
	for _, a := range attempts(kitName)[:8] {
		if strings.HasPrefix(a.name, "get ") {
			require.NoError(t, a.do(t.Context(), world.typed, ns), a.name)
		}
	}
	require.NoError(t, pod(func(s *corev1.PodSpec) {
		s.Volumes = []corev1.Volume{{Name: "s", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: plainSecret}}}}
	})(t.Context(), world.typed, ns), "a pod with a Secret that its author may read")
}

// settlePersonas makes a governed namespace with a kit, a plain Secret and a participant's
// pod, and gives each persona its role as site add does.
func settlePersonas(t *testing.T, ns, kitName string) {
	t.Helper()
	createNamespace(t, ns, "")
	secrets := world.typed.CoreV1().Secrets(ns)
	for _, s := range []*corev1.Secret{
		{ObjectMeta: metav1.ObjectMeta{Name: plainSecret}, StringData: map[string]string{"password": plainValue}},
		{ObjectMeta: metav1.ObjectMeta{Name: kitName}, Type: "kubectl-flare.dev/startup-kit", Immutable: new(true), StringData: map[string]string{"client.key": plainValue}},
	} {
		_, err := secrets.Create(t.Context(), s, metav1.CreateOptions{})
		require.NoError(t, err)
	}
	participant := podOf("participant")
	participant.Spec.Volumes = []corev1.Volume{{Name: "kit", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: kitName}}}}
	_, err := world.typed.CoreV1().Pods(ns).Create(t.Context(), participant, metav1.CreateOptions{})
	require.NoError(t, err)
	policy := policyOf("personas")
	policy.Object["spec"].(map[string]any)["data"] = []any{map[string]any{"claimName": "ct-scans", "volumeName": "pv-1", "mountPath": "/data/ct", "roles": []any{"client"}}}
	createPolicy(t, policy)
	bindSite(t, ns)
	for user, role := range map[string]string{"persona-site": "flare-site-admin", "persona-scientist": "flare-data-scientist"} {
		_, err := world.typed.RbacV1().RoleBindings(ns).Create(t.Context(), &rbacv1.RoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: user}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
			Subjects: []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: user}},
		}, metav1.CreateOptions{})
		require.NoError(t, err)
	}
	_, err = world.typed.RbacV1().RoleBindings(ns).Create(t.Context(), &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "flare-launcher-site-1"}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "flare-launcher"},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: "site-1", Namespace: ns}},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	for user, role := range map[string]string{"persona-cluster": "flare-cluster-admin", "persona-auditor": "flare-auditor"} {
		_, err := world.typed.RbacV1().ClusterRoleBindings().Create(t.Context(), &rbacv1.ClusterRoleBinding{
			ObjectMeta: metav1.ObjectMeta{Name: user}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: role},
			Subjects: []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: user}},
		}, metav1.CreateOptions{})
		require.NoError(t, err)
	}
	_, err = world.typed.CoreV1().Namespaces().Update(t.Context(), namespaceOf(ns, "personas"), metav1.UpdateOptions{})
	require.NoError(t, err)
	// What each may do shows that the roles and the policies are in force.
	scientist := impersonate(t, "persona-scientist")
	within(t, 10*time.Second, "the scientist may create pods, and none with the Secret", func() bool {
		plain := pod(func(*corev1.PodSpec) {})(t.Context(), scientist, ns)
		reading := pod(func(s *corev1.PodSpec) {
			s.Volumes = []corev1.Volume{{Name: "s", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: plainSecret}}}}
		})(t.Context(), scientist, ns)
		return plain == nil && reading != nil && strings.Contains(reading.Error(), "only if its author may read it")
	})
	within(t, 10*time.Second, "the site admin may create Deployments", func() bool {
		_, err := impersonate(t, "persona-site").AppsV1().Deployments(ns).Create(t.Context(), deploymentOf("d"), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err == nil
	})
}
