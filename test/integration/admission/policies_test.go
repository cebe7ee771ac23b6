//go:build integration

package admission

import (
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authenticationv1 "k8s.io/api/authentication/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

func namespaceRules() rbacv1.PolicyRule {
	return rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"namespaces", "namespaces/status", "namespaces/finalize"}, Verbs: []string{"*"}}
}

func governRule(policy string) rbacv1.PolicyRule {
	return rbacv1.PolicyRule{APIGroups: []string{"kubectl-flare.dev"}, Resources: []string{"sitepolicies"}, ResourceNames: []string{policy}, Verbs: []string{"govern"}}
}

// TestNamespaceGuard: who may do everything with namespaces may not take one out
// of its policy, by no door, and may still do the rest.
func TestNamespaceGuard(t *testing.T) {
	ns := createNamespace(t, "guarded", "site-a")
	tenant := user(t, "guard-tenant", namespaceRules()).CoreV1().Namespaces()
	governor := user(t, "guard-governor", namespaceRules(), governRule("site-a")).CoreV1().Namespaces()
	const off = `{"metadata":{"labels":{"kubectl-flare.dev/site-policy":null}}}`
	const other = `{"metadata":{"labels":{"kubectl-flare.dev/site-policy":"site-b"}}}`
	const empty = `{"metadata":{"labels":{"kubectl-flare.dev/site-policy":""}}}`
	for name, body := range map[string]string{"taking it off": off, "another value": other, "no value": empty} {
		for _, subresource := range [][]string{nil, {"status"}} {
			_, err := tenant.Patch(t.Context(), ns, types.MergePatchType, []byte(body), metav1.PatchOptions{}, subresource...)
			denied(t, err, "flare-namespace-guard", "govern", "site-a")
			t.Log(name, subresource, "denied")
		}
	}
	finalized := namespaceOf(ns, "")
	finalized.Spec.Finalizers = []corev1.FinalizerName{"kubernetes"}
	_, err := tenant.Finalize(t.Context(), finalized, metav1.UpdateOptions{})
	denied(t, err, "flare-namespace-guard")
	_, err = tenant.Create(t.Context(), namespaceOf("guard-new", "site-a"), metav1.CreateOptions{})
	denied(t, err, "flare-namespace-guard", "site-a")
	_, err = governor.Patch(t.Context(), ns, types.MergePatchType, []byte(other), metav1.PatchOptions{})
	denied(t, err, "flare-namespace-guard", "site-b")

	_, err = tenant.Patch(t.Context(), ns, types.MergePatchType, []byte(`{"metadata":{"labels":{"team":"x"}}}`), metav1.PatchOptions{})
	require.NoError(t, err, "another label")
	_, err = governor.Patch(t.Context(), ns, types.MergePatchType, []byte(off), metav1.PatchOptions{})
	require.NoError(t, err, "with the verb")
}

func TestTokens(t *testing.T) {
	ns := createNamespace(t, "tokens", "absent")
	_, err := world.typed.CoreV1().ServiceAccounts(ns).Create(t.Context(), &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "site-1"}}, metav1.CreateOptions{})
	require.NoError(t, err)
	editor := user(t, "token-editor",
		rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"serviceaccounts/token", "secrets"}, Verbs: []string{"*"}})
	_, err = editor.CoreV1().ServiceAccounts(ns).CreateToken(t.Context(), "site-1", &authenticationv1.TokenRequest{}, metav1.CreateOptions{})
	denied(t, err, "flare-tokens", "is not a node")
	filled := &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "t", Annotations: map[string]string{corev1.ServiceAccountNameKey: "site-1"}}, Type: corev1.SecretTypeServiceAccountToken,
	}
	_, err = editor.CoreV1().Secrets(ns).Create(t.Context(), filled, metav1.CreateOptions{})
	denied(t, err, "flare-secrets", "may not have Secrets with ServiceAccount tokens")
}

func TestRootCA(t *testing.T) {
	ns := createNamespace(t, "root-ca", "absent")
	editor := user(t, "root-ca-editor", rbacv1.PolicyRule{APIGroups: []string{""}, Resources: []string{"configmaps"}, Verbs: []string{"*"}}).CoreV1().ConfigMaps(ns)
	made := func(name string) *corev1.ConfigMap {
		return &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}, Data: map[string]string{"ca.crt": "another"}}
	}
	_, err := editor.Create(t.Context(), made("kube-root-ca.crt"), metav1.CreateOptions{})
	denied(t, err, "flare-root-ca", "only kube-controller-manager may write")
	_, err = editor.Create(t.Context(), made("settings"), metav1.CreateOptions{})
	require.NoError(t, err)
}

func TestReservedNames(t *testing.T) {
	ns := createNamespace(t, "reserved", "absent")
	const digest = "-0123456789abcdef0123456789abcdef"
	for name, secret := range map[string]*corev1.Secret{
		"a kit's name, opaque":     {ObjectMeta: metav1.ObjectMeta{Name: "flare-kit-x" + digest}, Immutable: new(true)},
		"a kit that can change":    {ObjectMeta: metav1.ObjectMeta{Name: "flare-kit-x" + digest}, Type: "kubectl-flare.dev/startup-kit"},
		"a kit without a digest":   {ObjectMeta: metav1.ObjectMeta{Name: "flare-kit-x"}, Type: "kubectl-flare.dev/startup-kit", Immutable: new(true)},
		"a kit under another name": {ObjectMeta: metav1.ObjectMeta{Name: "x"}, Type: "kubectl-flare.dev/startup-kit", Immutable: new(true)},
		"local/ as a Secret":       {ObjectMeta: metav1.ObjectMeta{Name: "flare-local-x"}},
		"the launcher's":           {ObjectMeta: metav1.ObjectMeta{Name: "nvflare-startup-x"}},
		"a job's tokens":           {ObjectMeta: metav1.ObjectMeta{Name: "nvflare-cred-x"}},
	} {
		_, err := world.typed.CoreV1().Secrets(ns).Create(t.Context(), secret, metav1.CreateOptions{})
		denied(t, err, "flare-secrets")
		t.Log(name, "denied")
	}
	for _, name := range []string{"flare-local-x", "flare-kit-x" + digest, "nvflare-startup-x", "nvflare-cred-x"} {
		_, err := world.typed.CoreV1().ConfigMaps(ns).Create(t.Context(), &corev1.ConfigMap{ObjectMeta: metav1.ObjectMeta{Name: name}}, metav1.CreateOptions{})
		denied(t, err, "flare-configmaps")
	}
}

func TestFloor(t *testing.T) {
	ns := createNamespace(t, "floor", "absent")
	for name, change := range map[string]func(*corev1.PodSpec){
		"host network": func(s *corev1.PodSpec) { s.HostNetwork = true },
		"host PIDs":    func(s *corev1.PodSpec) { s.HostPID = true },
		"host IPC":     func(s *corev1.PodSpec) { s.HostIPC = true },
		"hostPath": func(s *corev1.PodSpec) {
			s.Volumes = []corev1.Volume{{Name: "h", VolumeSource: corev1.VolumeSource{HostPath: &corev1.HostPathVolumeSource{Path: "/"}}}}
		},
		"privileged": func(s *corev1.PodSpec) {
			s.Containers[0].SecurityContext = &corev1.SecurityContext{Privileged: new(true)}
		},
		"privileged init": func(s *corev1.PodSpec) {
			s.InitContainers = []corev1.Container{{Name: "i", Image: "x", SecurityContext: &corev1.SecurityContext{Privileged: new(true)}}}
		},
	} {
		pod := podOf("p")
		change(&pod.Spec)
		_, err := world.typed.CoreV1().Pods(ns).Create(t.Context(), pod, metav1.CreateOptions{})
		denied(t, err, "flare-floor")
		t.Log(name, "denied")
	}
}

// TestPolicyBecomesVisible: a namespace whose policy comes, changes and goes.
func TestPolicyBecomesVisible(t *testing.T) {
	ns := createNamespace(t, "visible", "visible")
	try := func() error {
		_, err := world.typed.CoreV1().Pods(ns).Create(t.Context(), podOf("p"), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		return err
	}
	within(t, 5*time.Second, "denied without a policy", func() bool { return try() != nil })
	denied(t, try(), "pods.kubectl-flare.dev", noPolicy, "kubectl flare site add visible")
	createPolicy(t, policyOf("visible"))
	within(t, time.Second, "allowed with a policy", func() bool { return try() == nil })
	_, err := world.dynamic.Resource(sitePolicies()).Patch(t.Context(), "visible", types.MergePatchType, []byte(`{"spec":{"otherPods":"Deny"}}`), metav1.PatchOptions{})
	require.NoError(t, err)
	within(t, time.Second, "denied by the changed policy", func() bool { return try() != nil })
	require.NoError(t, world.dynamic.Resource(sitePolicies()).Delete(t.Context(), "visible", metav1.DeleteOptions{}))
	within(t, time.Second, "denied without the policy", func() bool {
		err := try()
		return err != nil && len(err.Error()) > 0 && containsNoPolicy(err)
	})
}

// TestBadPolicies: each is denied by the schema or by the webhook, with the
// field's name.
func TestBadPolicies(t *testing.T) {
	for name, tc := range map[string]struct {
		change func(spec map[string]any)
		words  []string
	}{
		"unknown field":         {func(s map[string]any) { s["participant"] = []any{"x"} }, []string{"unknown field", "spec.participant"}},
		"malformed fingerprint": {func(s map[string]any) { roots(s)["sha256"] = "5F:0C" }, []string{"spec.kits.trustRoots[0].sha256"}},
		"no participants":       {func(s map[string]any) { s["participants"] = []any{} }, []string{"spec.participants"}},
		"no images":             {func(s map[string]any) { s["images"] = map[string]any{"allowed": []any{}} }, []string{"spec.images.allowed"}},
		"no roots":              {func(s map[string]any) { s["kits"] = map[string]any{"trustRoots": []any{}} }, []string{"spec.kits", "trustRoots"}},
		"CEL error": {func(s map[string]any) {
			s["rules"] = []any{map[string]any{"name": "r", "expression": "object.spec.hostnetwork"}}
		}, []string{"sitepolicies.kubectl-flare.dev", "spec.rules[0].expression", "undefined field 'hostnetwork'"}},
		"not enforced yet": {func(s map[string]any) {
			s["data"] = []any{map[string]any{"claimName": "ct", "mountPath": "/data/ct", "roles": []any{"client"}, "studies": []any{"cancer"}}}
		}, []string{"sitepolicies.kubectl-flare.dev", "spec.data[0].studies"}},
		"no key": {func(s map[string]any) {
			s["kits"].(map[string]any)["sealers"] = []any{map[string]any{"name": "it", "publicKey": "none"}}
		}, []string{"sitepolicies.kubectl-flare.dev", "spec.kits.sealers[0].publicKey"}},
	} {
		t.Run(name, func(t *testing.T) {
			policy := policyOf("bad")
			tc.change(policy.Object["spec"].(map[string]any))
			_, err := world.dynamic.Resource(sitePolicies()).Create(t.Context(), policy, metav1.CreateOptions{FieldValidation: metav1.FieldValidationStrict})
			denied(t, err, tc.words[0], tc.words...)
		})
	}
}

func roots(spec map[string]any) map[string]any {
	return spec["kits"].(map[string]any)["trustRoots"].([]any)[0].(map[string]any)
}
