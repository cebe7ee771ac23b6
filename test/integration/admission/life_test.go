//go:build integration

package admission

import (
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

func containsNoPolicy(err error) bool { return strings.Contains(err.Error(), noPolicy) }

func TestReadyInTime(t *testing.T) {
	t.Logf("ready after %s", world.readyAfter)
	require.Less(t, world.readyAfter, 2*time.Second)
}

// TestBreakGlass: it is opened by an act, needs a right of the requesting user, and is seen
// by the people of the namespace. The webhook has its own few rights.
func TestBreakGlass(t *testing.T) {
	ns := createNamespace(t, "glass", "glass")
	policy := policyOf("glass")
	policy.Object["spec"].(map[string]any)["data"] = []any{map[string]any{"claimName": "ct", "mountPath": "/data/ct", "roles": []any{"client"}}}
	createPolicy(t, policy)
	bindSite(t, ns)
	// A pod from before the namespace was governed: it has the site's data.
	pod := podOf("old")
	pod.Spec.Volumes = []corev1.Volume{{Name: "d", VolumeSource: corev1.VolumeSource{PersistentVolumeClaim: &corev1.PersistentVolumeClaimVolumeSource{ClaimName: "ct"}}}}
	free := createNamespace(t, "glass-free", "")
	_, err := world.typed.CoreV1().Pods(free).Create(t.Context(), pod, metav1.CreateOptions{})
	require.NoError(t, err)
	_, err = world.typed.CoreV1().Namespaces().Update(t.Context(), namespaceOf(free, "glass"), metav1.UpdateOptions{})
	require.NoError(t, err)
	bindSite(t, free)

	exec := rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"pods/exec"}, Verbs: []string{"create", "get"}}
	glass := rbacv1.PolicyRule{APIGroups: []string{"kubectl-flare.dev"}, Resources: []string{"sitepolicies"}, ResourceNames: []string{"glass"}, Verbs: []string{"breakglass", "get", "patch"}}
	try := func(c kubernetes.Interface) error {
		return c.CoreV1().RESTClient().Post().Namespace(free).Resource("pods").Name("old").SubResource("exec").Do(t.Context()).Error()
	}
	// A cluster admin has every verb, and opens nothing by merely using them.
	within(t, 2*time.Second, "denied", func() bool { return strings.Contains(try(world.typed).Error(), `connect.kubectl-flare.dev" denied`) })
	denied(t, try(world.typed), "connect.kubectl-flare.dev", "kubectl flare site break-glass "+free+" --reason TEXT --for 1h")

	someone := user(t, "glass-user", exec, rbacv1.PolicyRule{APIGroups: []string{"kubectl-flare.dev"}, Resources: []string{"sitepolicies"}, Verbs: []string{"get", "patch"}})
	firefighter := user(t, "glass-firefighter", exec, glass)
	open := []string{"site", "break-glass", free, "--policy-name=glass", "--reason=the client hangs"}
	_, _, err = flare(t, "glass-user", open...)
	denied(t, err, "sitepolicies.kubectl-flare.dev", "only users with the verb breakglass")
	_, errOut, err := flare(t, "glass-firefighter", open...)
	require.NoError(t, err, errOut)
	// Past admission: there is no node to connect to.
	within(t, 2*time.Second, "let through", func() bool { return !strings.Contains(try(firefighter).Error(), "kubectl-flare.dev") })
	denied(t, try(someone), "connect.kubectl-flare.dev", "no access")
	events, err := world.typed.CoreV1().Events(free).List(t.Context(), metav1.ListOptions{FieldSelector: "reason=BreakGlass"})
	require.NoError(t, err)
	require.NotEmpty(t, events.Items)
	require.Contains(t, events.Items[0].Message, "glass-firefighter used break-glass of SitePolicy glass for exec")
	require.Contains(t, events.Items[0].Message, "the client hangs")

	_, err = dynamicAs(t, "glass-firefighter").Resource(sitePolicies()).Patch(t.Context(), "glass", types.MergePatchType, []byte(`{"spec":{"enforcement":"Audit"}}`), metav1.PatchOptions{})
	denied(t, err, "sitepolicies.kubectl-flare.dev", "only users with the verb govern")
	_, errOut, err = flare(t, "glass-firefighter", "site", "break-glass", free, "--policy-name=glass", "--end")
	require.NoError(t, err, errOut)
	within(t, 2*time.Second, "closed again", func() bool { return strings.Contains(try(firefighter).Error(), `connect.kubectl-flare.dev" denied`) })
}

// dynamicAs is a client of a user for all kinds.
func dynamicAs(t *testing.T, name string) dynamic.Interface {
	t.Helper()
	as := rest.CopyConfig(world.config)
	as.Impersonate = rest.ImpersonationConfig{UserName: name, Groups: []string{"system:authenticated"}}
	c, err := dynamic.NewForConfig(as)
	require.NoError(t, err)
	return c
}

// bindSite gives the webhook its right in a namespace, as site add does.
func bindSite(t *testing.T, ns string) {
	t.Helper()
	_, err := world.typed.RbacV1().RoleBindings(ns).Create(t.Context(), siteBinding(), metav1.CreateOptions{})
	require.NoError(t, err)
}

func siteBinding() *rbacv1.RoleBinding {
	return &rbacv1.RoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: "flare-webhook"},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: "flare-webhook-site"},
		Subjects:   []rbacv1.Subject{{Kind: rbacv1.ServiceAccountKind, Name: "flare-webhook", Namespace: "flare-system"}},
	}
}

// TestWebhookRights: Secrets are out of reach but where site add has bound them.
func TestWebhookRights(t *testing.T) {
	createNamespace(t, "bound", "")
	bindSite(t, "bound")
	mayWebhook := func(verb, resource, ns string) bool {
		return may(t, "system:serviceaccount:flare-system:flare-webhook", []string{"system:serviceaccounts", "system:authenticated"},
			authorizationv1.ResourceAttributes{Verb: verb, Resource: resource, Namespace: ns, Name: "x"})
	}
	within(t, 2*time.Second, "bound", func() bool { return mayWebhook("get", "secrets", "bound") })
	for _, forbidden := range []struct{ verb, resource, ns string }{
		{"list", "secrets", "bound"}, {"get", "secrets", "default"}, {"get", "secrets", "kube-system"}, {"list", "secrets", ""},
		{"get", "pods", "default"}, {"create", "pods", "bound"}, {"update", "namespaces", ""},
		{"list", "leases", "flare-system"}, {"update", "leases", "flare-system"}, {"create", "leases", "default"}, {"patch", "sitepolicies", ""},
	} {
		require.False(t, mayWebhook(forbidden.verb, forbidden.resource, forbidden.ns), forbidden)
	}
}

// TestWebhookAway: while the webhook is away nothing closed passes,
// templates do, and other namespaces notice nothing.
func TestWebhookAway(t *testing.T) {
	ns := createNamespace(t, "away", "away")
	createPolicy(t, policyOf("away"))
	world.stop()
	pod := func(ns string) error {
		_, err := world.typed.CoreV1().Pods(ns).Create(t.Context(), podOf("p"), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err
	}
	denied(t, pod(ns), "failed calling webhook", "pods.kubectl-flare.dev")
	require.NoError(t, pod("default"))
	_, err := world.typed.AppsV1().Deployments(ns).Create(t.Context(), deploymentOf("d"), metav1.CreateOptions{})
	require.NoError(t, err)
	require.NoError(t, world.start())
	within(t, 5*time.Second, "it is back", func() bool { return pod(ns) == nil })
}

// TestAPIServerOutOfReach: without the API server, the webhook knows the policies as they
// were, and what it has to look up is denied. It hears of changes once it is back.
func TestAPIServerOutOfReach(t *testing.T) {
	ns := createNamespace(t, "cut", "cut")
	createPolicy(t, policyOf("cut"))
	bindSite(t, ns)
	try := func(pod *corev1.Pod) error {
		_, err := world.typed.CoreV1().Pods(ns).Create(t.Context(), pod, metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err
	}
	within(t, 5*time.Second, "the policy is known", func() bool { return try(podOf("p")) == nil })
	withKit := podOf("k")
	withKit.Spec.Volumes = []corev1.Volume{{Name: "k", VolumeSource: corev1.VolumeSource{Secret: &corev1.SecretVolumeSource{SecretName: "flare-kit-site-1-" + strings.Repeat("0", 32)}}}}
	denied(t, try(withKit), "pods.kubectl-flare.dev", "the Secret does not exist")

	world.line.cut()
	t.Cleanup(world.line.restore)
	require.NoError(t, try(podOf("p")), "nothing has to be looked up")
	denied(t, try(withKit), "pods.kubectl-flare.dev", "cannot be read")
	policies := world.dynamic.Resource(sitePolicies())
	changed, err := policies.Get(t.Context(), "cut", metav1.GetOptions{})
	require.NoError(t, err)
	require.NoError(t, unstructured.SetNestedField(changed.Object, "Deny", "spec", "otherPods"))
	_, err = policies.Update(t.Context(), changed, metav1.UpdateOptions{})
	denied(t, err, "sitepolicies.kubectl-flare.dev", "only users with the verb govern") // no one can be asked about
	require.NoError(t, policies.Delete(t.Context(), "cut", metav1.DeleteOptions{}))
	changed.SetResourceVersion("")
	changed.SetUID("")
	_, err = policies.Create(t.Context(), changed, metav1.CreateOptions{})
	require.NoError(t, err)
	require.NoError(t, try(podOf("p")), "the policy as it was")

	world.line.restore()
	within(t, 30*time.Second, "the change is known", func() bool { return try(podOf("p")) != nil })
	denied(t, try(podOf("p")), "pods.kubectl-flare.dev", "otherPods")
	denied(t, try(withKit), "pods.kubectl-flare.dev", "the Secret does not exist")
}

// deploymentOf makes pods like podOf.
func deploymentOf(name string) *appsv1.Deployment {
	template := corev1.PodTemplateSpec{ObjectMeta: metav1.ObjectMeta{Labels: map[string]string{"a": "b"}}, Spec: podOf("x").Spec}
	return &appsv1.Deployment{ObjectMeta: metav1.ObjectMeta{Name: name}, Spec: appsv1.DeploymentSpec{Selector: &metav1.LabelSelector{MatchLabels: template.Labels}, Template: template}}
}
