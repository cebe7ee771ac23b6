//go:build integration

package load

import (
	"context"
	"encoding/json"
	"fmt"
	"strings"
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	networkingv1 "k8s.io/api/networking/v1"
	"k8s.io/apimachinery/pkg/api/resource"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/rest"

	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/snapshot"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// source is a claim of both namespaces. It is bound to no volume, so that what is known of
// it is not kept: each request reads it.
const source = "source"

// mostAnnotations are as large as the API server takes them.
func mostAnnotations() map[string]string {
	return map[string]string{"a": strings.Repeat("x", 256<<10-1)}
}

// bind sends a Binding of a pod that waits for its node. The API server does not bound the
// annotations of Bindings.
func bind(ctx context.Context, c kubernetes.Interface, ns string, _ int) error {
	return c.CoreV1().Pods(ns).Bind(ctx, &corev1.Binding{
		ObjectMeta: metav1.ObjectMeta{Name: "p-0", Annotations: map[string]string{"a": strings.Repeat("x", 5<<19)}},
		Target:     corev1.ObjectReference{Kind: "Node", Name: "node"},
	}, dryRun())
}

// claimOf is a claim with the content of another one, if there is one.
func claimOf(name, of string) *corev1.PersistentVolumeClaim {
	claim := &corev1.PersistentVolumeClaim{
		ObjectMeta: metav1.ObjectMeta{Name: name, Annotations: mostAnnotations()},
		Spec: corev1.PersistentVolumeClaimSpec{
			StorageClassName: new("none"), AccessModes: []corev1.PersistentVolumeAccessMode{corev1.ReadWriteOnce},
			Resources: corev1.VolumeResourceRequirements{Requests: corev1.ResourceList{corev1.ResourceStorage: resource.MustParse("1Gi")}},
		},
	}
	if of != "" {
		claim.Spec.DataSource = &corev1.TypedLocalObjectReference{Kind: "PersistentVolumeClaim", Name: of}
	}
	return claim
}

func createClaim(ctx context.Context, c kubernetes.Interface, ns string, _ int) error {
	_, err := c.CoreV1().PersistentVolumeClaims(ns).Create(ctx, claimOf("copy", source), dryRun())
	return err
}

func createSnapshot(ctx context.Context, c kubernetes.Interface, ns string, _ int) error {
	s := &snapshot.VolumeSnapshot{
		TypeMeta:   metav1.TypeMeta{APIVersion: snapshot.Group + "/v1", Kind: snapshot.Kind},
		ObjectMeta: metav1.ObjectMeta{Name: "copy", Annotations: mostAnnotations()},
		Spec:       snapshot.Spec{Source: snapshot.Source{PersistentVolumeClaimName: new(source)}},
	}
	request := c.CoreV1().RESTClient().Post().SetHeader("Content-Type", "application/json")
	return send(ctx, request.AbsPath("apis", snapshot.Group, "v1", "namespaces", ns, snapshot.Resource), s)
}

// changePolicy changes the rules of a SitePolicy, which needs the verb govern.
func changePolicy(largest *v1alpha1.SitePolicy) func(context.Context, kubernetes.Interface, string, int) error {
	return func(ctx context.Context, c kubernetes.Interface, _ string, _ int) error {
		request := c.CoreV1().RESTClient().Patch(types.MergePatchType)
		return send(ctx, request.AbsPath("apis", v1alpha1.Group, v1alpha1.GroupVersion().Version, v1alpha1.Resource, largest.Name), largest)
	}
}

// send sends an object of a kind that the client does not know.
func send(ctx context.Context, request *rest.Request, object any) error {
	body, err := json.Marshal(object)
	if err != nil {
		return err
	}
	return request.Param("dryRun", metav1.DryRunAll).Body(body).Do(ctx).Error()
}

// largestNetworkPolicy allows connections from all namespaces, which needs the verb govern,
// once for each of its peers.
func largestNetworkPolicy() *networkingv1.NetworkPolicy {
	peers := make([]networkingv1.NetworkPolicyPeer, 50_000)
	for i := range peers {
		peers[i].NamespaceSelector = &metav1.LabelSelector{}
	}
	return &networkingv1.NetworkPolicy{
		ObjectMeta: metav1.ObjectMeta{Name: "new"},
		Spec:       networkingv1.NetworkPolicySpec{Ingress: []networkingv1.NetworkPolicyIngressRule{{From: peers}}},
	}
}

// largestService selects no pods, which needs the verb govern.
func largestService() *corev1.Service {
	s := &corev1.Service{ObjectMeta: metav1.ObjectMeta{Name: "new", Annotations: mostAnnotations()}, Spec: corev1.ServiceSpec{ClusterIP: corev1.ClusterIPNone}}
	for i := range 3000 {
		s.Spec.Ports = append(s.Spec.Ports, corev1.ServicePort{Name: fmt.Sprint("p-", i), Port: int32(1 + i)})
	}
	return s
}

// largestPolicy is one of the SitePolicies, with as much that is revoked as the schema takes.
func largestPolicy(t testing.TB) *v1alpha1.SitePolicy {
	t.Helper()
	p := policiestest.Policy(t)
	p.TypeMeta = metav1.TypeMeta{APIVersion: v1alpha1.GroupVersion().String(), Kind: v1alpha1.Kind}
	p.ObjectMeta = metav1.ObjectMeta{Name: "load-0", Annotations: mostAnnotations()}
	p.Spec.Participants, p.Spec.Launchers = nil, nil
	for i := range perPolicy {
		p.Spec.Participants = append(p.Spec.Participants, fmt.Sprint("site-", i))
	}
	p.Spec.Kits.MinimumSerial, p.Spec.Kits.Revoked = nil, v1alpha1.Revoked{}
	revoked := &p.Spec.Kits.Revoked
	for i := range 1000 {
		revoked.CertificateSerials = append(revoked.CertificateSerials, fmt.Sprintf("%x", i+1))
		revoked.Keys = append(revoked.Keys, fmt.Sprintf("%064x", i))
		revoked.Kits = append(revoked.Kits, fmt.Sprintf("%064x", i))
	}
	require.Empty(t, v1alpha1.Validate(p))
	return p
}
