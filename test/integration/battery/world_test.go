//go:build integration

package battery

import (
	"strings"
	"time"

	appsv1 "k8s.io/api/apps/v1"
	batchv1 "k8s.io/api/batch/v1"
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"
	nodev1 "k8s.io/api/node/v1"
	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
	"github.com/kubectl-flare/kubectl-flare/test/battery"
)

func envtestTypes(scheme *runtime.Scheme) error {
	builder := runtime.NewSchemeBuilder(corev1.AddToScheme, appsv1.AddToScheme, batchv1.AddToScheme, nodev1.AddToScheme, networkingv1.AddToScheme, discoveryv1.AddToScheme, rbacv1.AddToScheme)
	return builder.AddToScheme(scheme)
}

// The groups of the users of all cases: everything but two verbs on SitePolicies, and
// these.
const (
	groupUsers      = "battery"
	groupBreakGlass = "battery-breakglass"
	groupGovern     = "battery-govern"
)

// prepare makes every case's namespace with what exists in it.
func (s *server) prepare(cases []*battery.Case) {
	s.Helper()
	s.grant(groupUsers, rbacv1.PolicyRule{APIGroups: []string{"", "apps", "batch", "networking.k8s.io", "discovery.k8s.io"}, Resources: []string{"*"}, Verbs: []string{"*"}},
		rbacv1.PolicyRule{APIGroups: []string{v1alpha1.Group}, Resources: []string{v1alpha1.Resource}, Verbs: []string{"get", "create", "update"}})
	s.grant(groupBreakGlass, rbacv1.PolicyRule{APIGroups: []string{v1alpha1.Group}, Resources: []string{v1alpha1.Resource}, Verbs: []string{"breakglass"}})
	s.grant(groupGovern, rbacv1.PolicyRule{APIGroups: []string{v1alpha1.Group}, Resources: []string{v1alpha1.Resource}, Verbs: []string{"govern"}})
	// The API server itself rejects a pod of a class that is not there.
	for _, name := range []string{"nvidia", "kata"} {
		s.create(&nodev1.RuntimeClass{ObjectMeta: metav1.ObjectMeta{Name: name}, Handler: name})
	}
	for _, c := range cases {
		if skip(c) == "" {
			s.settle(c)
		}
	}
}

func (s *server) grant(group string, rules ...rbacv1.PolicyRule) {
	s.create(&rbacv1.ClusterRole{ObjectMeta: metav1.ObjectMeta{Name: group}, Rules: rules})
	s.create(&rbacv1.ClusterRoleBinding{
		ObjectMeta: metav1.ObjectMeta{Name: group},
		RoleRef:    rbacv1.RoleRef{APIGroup: rbacv1.GroupName, Kind: "ClusterRole", Name: group},
		Subjects:   []rbacv1.Subject{{APIGroup: rbacv1.GroupName, Kind: rbacv1.GroupKind, Name: group}},
	})
}

func (s *server) settle(c *battery.Case) {
	s.Helper()
	snap := &c.Snapshot
	s.create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: snap.Namespace, Labels: map[string]string{names.LabelSitePolicy: snap.PolicyName}}})
	if snap.Policy != nil {
		p := snap.Policy.DeepCopy()
		p.UID, p.Generation = "", 0
		s.create(p)
	}
	for _, o := range snap.Secrets {
		s.create(o.DeepCopy())
	}
	for _, o := range snap.ConfigMaps {
		s.create(o.DeepCopy())
	}
	for _, o := range snap.Claims {
		claim := o.DeepCopy()
		claim.Spec.AccessModes = []corev1.PersistentVolumeAccessMode{corev1.ReadOnlyMany}
		claim.Spec.Resources.Requests = corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}
		s.create(claim)
	}
	for _, o := range snap.Pods {
		pod := o.DeepCopy()
		pod.UID = ""
		s.create(pod)
	}
	for _, o := range snap.Services {
		s.create(o.DeepCopy())
	}
	s.createOld(c)
}

// createOld makes the object that a case updates, and ends it where the case
// says that it is being ended.
func (s *server) createOld(c *battery.Case) {
	s.Helper()
	old, ok := c.Review.OldObject.(client.Object)
	if !ok || (c.Review.Operation != policies.Update && c.Review.Operation != policies.Delete) {
		return
	}
	made, ok := old.DeepCopyObject().(client.Object)
	if !ok {
		s.Fatalf("%s: oldObject is a %T", c.Name, old)
	}
	made.SetDeletionTimestamp(nil)
	s.create(made)
	if old.GetDeletionTimestamp() != nil {
		if err := s.admin.Delete(s.Context(), made); err != nil {
			s.Fatalf("%s: %v", c.Name, err)
		}
	}
}

// create makes an object; policies are the same in many cases.
func (s *server) create(o client.Object) {
	s.Helper()
	err := s.admin.Create(s.Context(), o)
	if _, policy := o.(*v1alpha1.SitePolicy); policy && apierrors.IsAlreadyExists(err) {
		return
	}
	if err != nil {
		s.Fatalf("%T %s/%s: %v", o, o.GetNamespace(), o.GetName(), err)
	}
}

// waitForWebhook waits until the API server asks the webhook, and the webhook
// knows a namespace's policy that came last.
func (s *server) waitForWebhook() {
	s.Helper()
	s.waitFor("b-webhook", "hostPID is true", &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "p"},
		Spec:       corev1.PodSpec{HostPID: true, Containers: []corev1.Container{{Name: "c", Image: "a"}}},
	})
}

// shipped is what install writes for the frameworks of this version.
func shipped() ([]*unstructured.Unstructured, error) {
	known, err := policies.DefaultProfiles()
	if err != nil {
		return nil, err
	}
	return manifests.Objects(known.Prefixes(), manifests.Options{Certs: manifests.SelfSigned})
}

// applyPolicies writes the ValidatingAdmissionPolicies.
func (s *server) applyPolicies() {
	s.Helper()
	objects, err := shipped()
	if err != nil {
		s.Fatal(err)
	}
	for _, o := range objects {
		if strings.HasPrefix(o.GetKind(), "ValidatingAdmissionPolicy") {
			s.create(o)
		}
	}
}

// waitForPolicies waits until they are enforced. The webhook is not asked of
// such a Secret.
func (s *server) waitForPolicies() {
	s.Helper()
	s.waitFor("b-policies", "may not have Secrets with ServiceAccount tokens", &corev1.Secret{
		ObjectMeta: metav1.ObjectMeta{Name: "t", Annotations: map[string]string{corev1.ServiceAccountNameKey: "default"}},
		Type:       corev1.SecretTypeServiceAccountToken,
	})
}

// waitFor tries to create an object until it is denied with the words.
func (s *server) waitFor(namespace, words string, object client.Object) {
	s.Helper()
	s.create(&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: namespace, Labels: map[string]string{names.LabelSitePolicy: "hospital-a"}}})
	object.SetNamespace(namespace)
	var err error
	for range 150 {
		again, ok := object.DeepCopyObject().(client.Object)
		if !ok {
			s.Fatalf("%T is no object", object)
		}
		err = s.admin.Create(s.Context(), again, client.DryRunAll)
		if err != nil && strings.Contains(err.Error(), words) {
			return
		}
		time.Sleep(100 * time.Millisecond)
	}
	s.Fatalf("no denial says %q: %v", words, err)
}
