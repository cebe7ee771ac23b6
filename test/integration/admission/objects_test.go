//go:build integration

package admission

import (
	"context"
	"errors"
	"io"
	"os"
	"strings"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	authorizationv1 "k8s.io/api/authorization/v1"
	corev1 "k8s.io/api/core/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/yaml"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"
)

func sitePolicies() schema.GroupVersionResource {
	return schema.GroupVersionResource{Group: "kubectl-flare.dev", Version: "v1alpha1", Resource: "sitepolicies"}
}

func namespaceOf(name, policy string) *corev1.Namespace {
	ns := &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
	if policy != "" {
		ns.Labels = map[string]string{"kubectl-flare.dev/site-policy": policy}
	}
	return ns
}

// podOf is a pod that has nothing to do with a federation, and is harmless.
func podOf(name string) *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: name},
		Spec: corev1.PodSpec{
			AutomountServiceAccountToken: new(false),
			SecurityContext: &corev1.PodSecurityContext{
				RunAsNonRoot: new(true), RunAsUser: new(int64(1000)), SeccompProfile: &corev1.SeccompProfile{Type: corev1.SeccompProfileTypeRuntimeDefault},
			},
			Containers: []corev1.Container{{
				Name: "main", Image: "registry.test/x",
				SecurityContext: &corev1.SecurityContext{AllowPrivilegeEscalation: new(false), Capabilities: &corev1.Capabilities{Drop: []corev1.Capability{"ALL"}}},
			}},
		},
	}
}

func policyOf(name string) *unstructured.Unstructured {
	return &unstructured.Unstructured{Object: map[string]any{
		"apiVersion": "kubectl-flare.dev/v1alpha1", "kind": "SitePolicy", "metadata": map[string]any{"name": name},
		"spec": map[string]any{
			"participants": []any{"site-1"},
			"kits":         map[string]any{"trustRoots": []any{map[string]any{"name": "demo", "sha256": strings.Repeat("a", 64)}}},
			"images":       map[string]any{"allowed": []any{map[string]any{"repository": "registry.test/nvflare", "digest": "sha256:" + strings.Repeat("b", 64)}}},
		},
	}}
}

func createNamespace(t *testing.T, name, policy string) string {
	t.Helper()
	_, err := world.typed.CoreV1().Namespaces().Create(t.Context(), namespaceOf(name, policy), metav1.CreateOptions{})
	require.NoError(t, err)
	return name
}

func createPolicy(t *testing.T, policy *unstructured.Unstructured) {
	t.Helper()
	_, err := world.dynamic.Resource(sitePolicies()).Create(t.Context(), policy, metav1.CreateOptions{FieldValidation: metav1.FieldValidationStrict})
	require.NoError(t, err)
	t.Cleanup(func() {
		_ = world.dynamic.Resource(sitePolicies()).Delete(context.WithoutCancel(t.Context()), policy.GetName(), metav1.DeleteOptions{})
	})
}

// user is somebody who may do what the rules say, in the whole cluster.
func user(t *testing.T, name string, rules ...rbacv1.PolicyRule) kubernetes.Interface {
	t.Helper()
	role := &rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: name}, Rules: rules}
	_, err := world.typed.RbacV1().ClusterRoles().Create(t.Context(), role, metav1.CreateOptions{})
	require.NoError(t, err)
	_, err = world.typed.RbacV1().ClusterRoleBindings().Create(t.Context(), &rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: name}, RoleRef: rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: name},
		Subjects: []rbacv1.Subject{{Kind: rbacv1.UserKind, APIGroup: rbacv1.GroupName, Name: name}},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	// The API server hears of roles and bindings a moment later.
	for _, rule := range rules {
		within(t, 5*time.Second, name+" has the right", func() bool { return may(t, name, nil, attributesOf(rule)) })
	}
	return impersonate(t, name)
}

// attributesOf is a request that a rule allows.
func attributesOf(rule rbacv1.PolicyRule) authorizationv1.ResourceAttributes {
	resource, subresource, _ := strings.Cut(rule.Resources[0], "/")
	a := authorizationv1.ResourceAttributes{Verb: rule.Verbs[0], Group: rule.APIGroups[0], Resource: resource, Subresource: subresource}
	if len(rule.ResourceNames) > 0 {
		a.Name = rule.ResourceNames[0]
	}
	return a
}

// may asks the API server whether somebody has a right.
func may(t *testing.T, user string, groups []string, a authorizationv1.ResourceAttributes) bool {
	t.Helper()
	review, err := world.typed.AuthorizationV1().SubjectAccessReviews().Create(t.Context(), &authorizationv1.SubjectAccessReview{
		Spec: authorizationv1.SubjectAccessReviewSpec{User: user, Groups: groups, ResourceAttributes: &a},
	}, metav1.CreateOptions{})
	require.NoError(t, err)
	return review.Status.Allowed
}

func impersonate(t *testing.T, name string, groups ...string) kubernetes.Interface {
	t.Helper()
	as := rest.CopyConfig(world.config)
	as.Impersonate = rest.ImpersonationConfig{UserName: name, Groups: append(groups, "system:authenticated")}
	c, err := kubernetes.NewForConfig(as)
	require.NoError(t, err)
	return c
}

// within waits for what an informer brings about.
func within(t *testing.T, most time.Duration, what string, done func() bool) {
	t.Helper()
	for began := time.Now(); time.Since(began) < most; time.Sleep(5 * time.Millisecond) {
		if done() {
			t.Logf("%s after %s", what, time.Since(began).Round(time.Millisecond))
			return
		}
	}
	t.Errorf("%s: not within %s", what, most)
}

func denied(t *testing.T, err error, by string, words ...string) {
	t.Helper()
	require.Error(t, err)
	for _, word := range append(words, by) {
		require.ErrorContains(t, err, word)
	}
}

func decode(t *testing.T, file string) []*unstructured.Unstructured {
	t.Helper()
	f, err := os.Open(file)
	require.NoError(t, err)
	defer f.Close()
	var objects []*unstructured.Unstructured
	for decoder := yaml.NewYAMLOrJSONDecoder(f, 4096); ; {
		object := &unstructured.Unstructured{}
		if err := decoder.Decode(object); errors.Is(err, io.EOF) {
			return objects
		} else if err != nil {
			require.NoError(t, err)
		}
		if len(object.Object) > 0 { // a comment alone is a document too
			objects = append(objects, object)
		}
	}
}
