package manifests_test

import (
	"encoding/json"
	"fmt"
	"maps"
	"slices"
	"strings"
	"testing"

	certmanager "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	"github.com/stretchr/testify/require"
	admissionregistrationv1 "k8s.io/api/admissionregistration/v1"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/kubernetes/scheme"
	"k8s.io/pod-security-admission/api"
	"k8s.io/pod-security-admission/policy"
	kjson "sigs.k8s.io/json"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

func all(t *testing.T, certs manifests.Certs) []*unstructured.Unstructured {
	t.Helper()
	objects, err := manifests.Objects(prefixesOfLaunchers(t), manifests.Options{Image: "registry.test/flare-webhook@sha256:1", KitImage: "registry.test/flare-kit@sha256:2", Certs: certs})
	if err != nil {
		t.Fatal(err)
	}
	first, err := manifests.Prerequisites()
	if err != nil {
		t.Fatal(err)
	}
	return append(first, objects...)
}

// typed finds an object and reads it into its type, strictly: a cluster would drop a
// misspelled field.
func typed[T any](t *testing.T, objects []*unstructured.Unstructured, kind, name string) *T {
	t.Helper()
	i := slices.IndexFunc(objects, func(o *unstructured.Unstructured) bool { return o.GetKind() == kind && o.GetName() == name })
	if i < 0 {
		t.Fatalf("no %s %s", kind, name)
	}
	out := new(T)
	strictly(t, objects[i], out)
	return out
}

func strictly(t *testing.T, object *unstructured.Unstructured, into any) {
	t.Helper()
	data, err := json.Marshal(object)
	if err != nil {
		t.Fatal(err)
	}
	if wrong, err := kjson.UnmarshalStrict(data, into); err != nil || len(wrong) > 0 {
		t.Errorf("%s %s: %v %v", object.GetKind(), object.GetName(), err, wrong)
	}
}

func TestEveryObjectIsWellFormed(t *testing.T) {
	for _, certs := range []manifests.Certs{manifests.CertManager, manifests.SelfSigned} {
		seen := map[string]bool{}
		for _, object := range all(t, certs) {
			id := object.GetKind() + "/" + object.GetName()
			if seen[id] || object.GetLabels()["app.kubernetes.io/managed-by"] != "kubectl-flare" {
				t.Errorf("%s is there twice or not ours", id)
			}
			seen[id] = true
			into, err := scheme.Scheme.New(object.GroupVersionKind())
			if err != nil {
				if group := object.GroupVersionKind().Group; group != certmanager.SchemeGroupVersion.Group && group != "apiextensions.k8s.io" {
					t.Errorf("%s: %v", id, err)
				}
				continue
			}
			strictly(t, object, into)
		}
	}
	if _, err := manifests.Objects(prefixesOfLaunchers(t), manifests.Options{Certs: "magic"}); err == nil {
		t.Error("an unknown source of certificates passed")
	}
}

// What cert-manager issues is what the pods mount, what the API server trusts and
// how it calls the webhook.
func TestCertManagerObjectsBelongTogether(t *testing.T) {
	objects := all(t, manifests.CertManager)
	serving := typed[certmanager.Certificate](t, objects, certmanager.CertificateKind, manifests.Webhook)
	require.Contains(t, serving.Spec.DNSNames, manifests.Webhook+"."+manifests.Namespace+".svc")
	d := typed[appsv1.Deployment](t, objects, "Deployment", manifests.Webhook)
	require.Equal(t, serving.Spec.SecretName, d.Spec.Template.Spec.Volumes[0].Secret.SecretName)
	for _, kind := range []string{"ValidatingWebhookConfiguration", "MutatingWebhookConfiguration"} {
		configuration := typed[metav1.PartialObjectMetadata](t, metadataOf(objects), kind, manifests.Webhook)
		require.Equal(t, manifests.Namespace+"/"+serving.Name, configuration.Annotations[certmanager.WantInjectAnnotation])
	}
	issuer := typed[certmanager.Issuer](t, objects, serving.Spec.IssuerRef.Kind, serving.Spec.IssuerRef.Name)
	authority := typed[certmanager.Certificate](t, objects, certmanager.CertificateKind, manifests.CertificateAuthority)
	require.True(t, authority.Spec.IsCA)
	require.Equal(t, authority.Spec.SecretName, issuer.Spec.CA.SecretName)
	root := typed[certmanager.Issuer](t, objects, authority.Spec.IssuerRef.Kind, authority.Spec.IssuerRef.Name)
	require.NotNil(t, root.Spec.SelfSigned)
	var named []string
	for _, object := range objects {
		if object.GetKind() == certmanager.CertificateKind {
			named = append(named, object.GetName())
		}
		require.NotContains(t, object.Object, "status")
	}
	require.Equal(t, named, manifests.Certificates())
}

// metadataOf keeps only what every kind has.
func metadataOf(objects []*unstructured.Unstructured) []*unstructured.Unstructured {
	out := make([]*unstructured.Unstructured, 0, len(objects))
	for _, object := range objects {
		out = append(out, &unstructured.Unstructured{Object: map[string]any{
			"apiVersion": object.GetAPIVersion(), "kind": object.GetKind(), "metadata": object.Object["metadata"],
		}})
	}
	return out
}

// rule is one line of design §6: what is registered, where, and how it fails.
type rule struct{ webhook, resource, operation string }

func (r rule) String() string { return r.webhook + " " + r.resource + " " + r.operation }

// table is the table of design §6.
func table() map[admissionregistrationv1.FailurePolicyType][]rule {
	closed := []rule{
		{"pods", "pods", "CREATE"}, {"pods", "pods", "UPDATE"},
		{"pods", "pods/ephemeralcontainers", "UPDATE"}, {"pods", "pods/resize", "UPDATE"},
		{"bindings", "bindings", "CREATE"}, {"bindings", "pods/binding", "CREATE"},
		{"connect", "pods/exec", "CONNECT"}, {"connect", "pods/attach", "CONNECT"}, {"connect", "pods/portforward", "CONNECT"},
		{"connect", "pods/proxy", "CONNECT"}, {"connect", "services/proxy", "CONNECT"},
		{"objects", "secrets", "CREATE"}, {"objects", "secrets", "UPDATE"}, {"objects", "configmaps", "CREATE"}, {"objects", "configmaps", "UPDATE"},
		{"claims", "persistentvolumeclaims", "CREATE"}, {"claims", "persistentvolumeclaims", "UPDATE"}, {"claims", "persistentvolumeclaims", "DELETE"},
		{"networks", "networking.k8s.io/networkpolicies", "CREATE"}, {"networks", "networking.k8s.io/networkpolicies", "UPDATE"}, {"networks", "networking.k8s.io/networkpolicies", "DELETE"},
		{"networks", "networking.k8s.io/ingresses", "CREATE"}, {"networks", "networking.k8s.io/ingresses", "UPDATE"},
		{"networks", "services", "CREATE"}, {"networks", "services", "UPDATE"}, {"networks", "endpoints", "CREATE"}, {"networks", "endpoints", "UPDATE"},
		{"networks", "discovery.k8s.io/endpointslices", "CREATE"}, {"networks", "discovery.k8s.io/endpointslices", "UPDATE"},
		{"copies", "snapshot.storage.k8s.io/volumesnapshots", "CREATE"},
		{"sitepolicies", "kubectl-flare.dev/sitepolicies", "CREATE"}, {"sitepolicies", "kubectl-flare.dev/sitepolicies", "UPDATE"},
	}
	open := []rule{{"mutate-pods", "pods", "CREATE"}, {"mutate-secrets", "secrets", "CREATE"}, {"mutate-secrets", "secrets", "UPDATE"}, {"pod-labels", "pods", "UPDATE"}}
	for _, workload := range []string{
		"apps/deployments", "apps/replicasets", "apps/statefulsets", "apps/daemonsets", "batch/jobs", "batch/cronjobs", "replicationcontrollers", "podtemplates",
	} {
		open = append(open, rule{"templates", workload, "CREATE"}, rule{"templates", workload, "UPDATE"})
	}
	return map[admissionregistrationv1.FailurePolicyType][]rule{admissionregistrationv1.Fail: closed, admissionregistrationv1.Ignore: open}
}

func TestRegistrations(t *testing.T) {
	objects := all(t, manifests.SelfSigned)
	validating := typed[admissionregistrationv1.ValidatingWebhookConfiguration](t, objects, "ValidatingWebhookConfiguration", manifests.Webhook)
	mutating := typed[admissionregistrationv1.MutatingWebhookConfiguration](t, objects, "MutatingWebhookConfiguration", manifests.Webhook)
	found := map[admissionregistrationv1.FailurePolicyType][]string{}
	for _, w := range mutating.Webhooks {
		if w.ReinvocationPolicy == nil || *w.ReinvocationPolicy != admissionregistrationv1.IfNeededReinvocationPolicy {
			t.Errorf("%s is not called again", w.Name)
		}
		validating.Webhooks = append(validating.Webhooks, admissionregistrationv1.ValidatingWebhook{
			Name: w.Name, ClientConfig: w.ClientConfig, Rules: w.Rules, FailurePolicy: w.FailurePolicy, MatchPolicy: w.MatchPolicy,
			NamespaceSelector: w.NamespaceSelector, ObjectSelector: w.ObjectSelector, SideEffects: w.SideEffects, TimeoutSeconds: w.TimeoutSeconds,
			AdmissionReviewVersions: w.AdmissionReviewVersions, MatchConditions: w.MatchConditions,
		})
	}
	for i := range validating.Webhooks {
		w := &validating.Webhooks[i]
		checkWebhook(t, w)
		found[*w.FailurePolicy] = append(found[*w.FailurePolicy], rulesOf(t, w)...)
	}
	for policy, rules := range table() {
		var want []string
		for _, r := range rules {
			want = append(want, r.String())
		}
		slices.Sort(want)
		slices.Sort(found[policy])
		if !slices.Equal(want, found[policy]) {
			t.Errorf("%s: registered are\n%s\nand should be\n%s", policy, strings.Join(found[policy], "\n"), strings.Join(want, "\n"))
		}
	}
}

func checkWebhook(t *testing.T, w *admissionregistrationv1.ValidatingWebhook) {
	t.Helper()
	open := *w.FailurePolicy == admissionregistrationv1.Ignore
	effects := admissionregistrationv1.SideEffectClassNone
	if w.Name == "pods.kubectl-flare.dev" || w.Name == "connect.kubectl-flare.dev" {
		effects = admissionregistrationv1.SideEffectClassNoneOnDryRun // Events about break-glass
	}
	if *w.SideEffects != effects || *w.MatchPolicy != admissionregistrationv1.Equivalent ||
		w.ObjectSelector != nil || !slices.Equal(w.AdmissionReviewVersions, []string{"v1"}) || open != (*w.TimeoutSeconds == 5) {
		t.Errorf("%s: %+v", w.Name, w)
	}
	if w.Name == "sitepolicies.kubectl-flare.dev" {
		return
	}
	selector, err := metav1.LabelSelectorAsSelector(w.NamespaceSelector)
	if err != nil {
		t.Fatal(err)
	}
	for name, labels := range map[string]map[string]string{
		"governed": {names.LabelSitePolicy: "x"}, "with an empty label": {names.LabelSitePolicy: ""},
		"free": {}, "kube-system": {names.LabelSitePolicy: "x"}, "flare-system": {names.LabelSitePolicy: "x"},
	} {
		set := map[string]string{corev1.LabelMetadataName: name}
		maps.Copy(set, labels)
		if want := strings.Contains(name, "governed") || strings.Contains(name, "label"); selector.Matches(labelSet(set)) != want {
			t.Errorf("%s: a namespace %s is matched: %v", w.Name, name, !want)
		}
	}
}

type labelSet map[string]string

func (l labelSet) Has(key string) bool              { _, ok := l[key]; return ok }
func (l labelSet) Get(key string) string            { return l[key] }
func (l labelSet) Lookup(key string) (string, bool) { v, ok := l[key]; return v, ok }

func rulesOf(t *testing.T, w *admissionregistrationv1.ValidatingWebhook) []string {
	t.Helper()
	var rules []string
	for _, r := range w.Rules {
		if r.Scope == nil || *r.Scope == admissionregistrationv1.AllScopes {
			t.Errorf("%s has no scope", w.Name)
		}
		for _, resource := range r.Resources {
			if strings.Contains(resource, "*") {
				t.Errorf("%s: a wildcard", w.Name)
			}
			for _, operation := range r.Operations {
				name := strings.TrimPrefix(r.APIGroups[0]+"/"+resource, "/")
				rules = append(rules, rule{strings.TrimSuffix(w.Name, ".kubectl-flare.dev"), name, string(operation)}.String())
			}
		}
	}
	return rules
}

// The webhook's own pods meet the Pod Security level of their namespace.
func TestWebhookIsRestricted(t *testing.T) {
	evaluator, err := policy.NewEvaluator(policy.DefaultChecks(), nil)
	if err != nil {
		t.Fatal(err)
	}
	for _, certs := range []manifests.Certs{manifests.CertManager, manifests.SelfSigned} {
		d := typed[appsv1.Deployment](t, all(t, certs), "Deployment", manifests.Webhook)
		level := api.LevelVersion{Level: api.LevelRestricted, Version: api.LatestVersion()}
		result := policy.AggregateCheckResults(evaluator.EvaluatePod(level, &d.Spec.Template.ObjectMeta, &d.Spec.Template.Spec))
		if !result.Allowed {
			t.Error(result.ForbiddenDetail())
		}
		c := d.Spec.Template.Spec.Containers[0]
		args := strings.Join(c.Args, " ")
		if c.Image != "registry.test/flare-webhook@sha256:1" || !strings.Contains(args, "--kit-image=registry.test/flare-kit@sha256:2") ||
			(certs == manifests.CertManager) != strings.Contains(args, "--cert-dir=") {
			t.Errorf("%s: %s %s", certs, c.Image, args)
		}
	}
}

// With the authority of the API server's client certificate, the webhook demands one.
func TestClientAuthority(t *testing.T) {
	for _, certs := range []manifests.Certs{manifests.CertManager, manifests.SelfSigned} {
		objects, err := manifests.Objects(prefixesOfLaunchers(t), manifests.Options{Certs: certs, ClientCA: "PEM", ClientNames: []string{"a", "b"}})
		require.NoError(t, err)
		m := typed[corev1.ConfigMap](t, objects, "ConfigMap", "flare-webhook-client-ca")
		require.Equal(t, map[string]string{"ca.crt": "PEM"}, m.Data)
		pod := typed[appsv1.Deployment](t, objects, "Deployment", manifests.Webhook).Spec.Template.Spec
		last := pod.Volumes[len(pod.Volumes)-1]
		require.Equal(t, m.Name, last.ConfigMap.Name)
		mount := pod.Containers[0].VolumeMounts[len(pod.Volumes)-1]
		require.Equal(t, last.Name, mount.Name)
		require.True(t, mount.ReadOnly)
		require.Subset(t, pod.Containers[0].Args, []string{"--client-ca=" + mount.MountPath + "/ca.crt", "--client-name=a", "--client-name=b"})
	}
	for _, object := range all(t, manifests.SelfSigned) {
		require.NotEqual(t, "ConfigMap", object.GetKind(), "without an authority")
	}
}

// Who may reach which port of the webhook.
func TestPorts(t *testing.T) {
	objects := all(t, manifests.SelfSigned)
	policy := typed[networkingv1.NetworkPolicy](t, objects, "NetworkPolicy", manifests.Webhook)
	open := map[int32]int{}
	for _, rule := range policy.Spec.Ingress {
		for _, port := range rule.Ports {
			open[port.Port.IntVal] = len(rule.From)
		}
	}
	require.Equal(t, map[int32]int{9443: 0, 8443: 1}, open)
}

// readers are the roles that may see a Secret's content, and how.
func readers() []string {
	return []string{
		// The kits of a governed namespace, by name.
		"ClusterRole flare-webhook-site get",
		"ClusterRole flare-launcher update", "ClusterRole flare-launcher patch",
		// The webhook's own certificate.
		"Role flare-webhook-certificates get", "Role flare-webhook-certificates update",
	}
}

func TestWhoReadsSecrets(t *testing.T) {
	for _, object := range all(t, manifests.SelfSigned) {
		kind := object.GetKind()
		if kind != "ClusterRole" && kind != "Role" {
			continue
		}
		role := &rbacv1.ClusterRole{}
		data, err := json.Marshal(object)
		if err != nil {
			t.Fatal(err)
		}
		if err := json.Unmarshal(data, role); err != nil {
			t.Fatal(err)
		}
		for _, r := range role.Rules {
			if slices.Contains(r.Resources, "*") || slices.Contains(r.Verbs, "*") || slices.Contains(r.APIGroups, "*") {
				t.Errorf("%s has a wildcard", role.Name)
			}
			for _, verb := range r.Verbs {
				harmless := verb == "create" || verb == "delete"
				if id := fmt.Sprintf("%s %s %s", kind, role.Name, verb); slices.Contains(r.Resources, "secrets") && !harmless && !slices.Contains(readers(), id) {
					t.Errorf("%s on Secrets", id)
				}
			}
			if slices.Contains(r.Resources, "serviceaccounts/token") || slices.Contains(r.Resources, "nodes/proxy") {
				t.Errorf("%s has %v", role.Name, r.Resources)
			}
		}
	}
}
