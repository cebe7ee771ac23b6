package kits_test

import (
	"net/http"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/serializer/protobuf"
	"k8s.io/client-go/rest"
	"k8s.io/utils/clock"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/kittest"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
	"github.com/kubectl-flare/kubectl-flare/webhook/kits"
)

// BenchmarkCold is the first look at a kit: the read from the API server, which is here an HTTPS
// server with one fixed answer, and the cryptography. The reference is the read alone.
func BenchmarkCold(b *testing.B) {
	f := kittest.NewFederation(b, "demo")
	k := f.Client("site-1", "hospital_a").Seal(b, f.Sealer("lead")).Read()
	secret := &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: kit.SecretName(k), UID: "s-1", ResourceVersion: "1"},
		Type:       "kubectl-flare.dev/startup-kit", Immutable: new(true), Data: k.SecretData(),
	}
	reader := serving(b, secret)
	policy := &v1alpha1.SitePolicy{ObjectMeta: metav1.ObjectMeta{UID: "p", Generation: 1}}
	policy.Spec.Participants = []string{"site-1"}
	policy.Spec.Kits.TrustRoots = []v1alpha1.TrustRoot{{Name: "demo", SHA256: pki.Fingerprint(f.Root)}}

	b.Run("reference", func(b *testing.B) {
		for b.Loop() {
			require.NoError(b, reader.Get(b.Context(), client.ObjectKeyFromObject(secret), &corev1.Secret{}))
		}
	})
	b.Run("flare", func(b *testing.B) {
		verifier := kits.NewVerifier(reader, clock.RealClock{}, frameworks.Default(), func() {})
		for b.Loop() {
			policy.Generation++ // nothing that is known holds for another generation
			fact := verifier.Kit(b.Context(), secret.Namespace, secret.Name, policy)
			require.Empty(b, fact.Error)
		}
	})
}

// BenchmarkColdLocal is the same for a local/ with the usual files.
func BenchmarkColdLocal(b *testing.B) {
	f := kittest.NewFederation(b, "demo")
	k := f.Client("site-1", "hospital_a").Seal(b, f.Sealer("lead")).Read()
	m := &corev1.ConfigMap{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "ConfigMap"},
		ObjectMeta: metav1.ObjectMeta{Namespace: "ns", Name: kit.ConfigMapName(k), UID: "m-1", ResourceVersion: "1"}, Immutable: new(true),
	}
	m.Data, m.BinaryData = k.ConfigMapData()
	reader := serving(b, m)
	policy := &v1alpha1.SitePolicy{ObjectMeta: metav1.ObjectMeta{UID: "p", Generation: 1}}
	policy.Spec.Participants = []string{"site-1"}
	policy.Spec.Kits.TrustRoots = []v1alpha1.TrustRoot{{Name: "demo", SHA256: pki.Fingerprint(f.Root)}}
	verifier := kits.NewVerifier(reader, clock.RealClock{}, frameworks.Default(), func() {})
	for b.Loop() {
		policy.Generation++
		require.Empty(b, verifier.Local(b.Context(), m.Namespace, m.Name, policy).Error)
	}
}

// serving returns a client of a server that always answers with one object.
func serving(b *testing.B, object client.Object) client.Client {
	b.Helper()
	scheme := runtime.NewScheme()
	require.NoError(b, corev1.AddToScheme(scheme))
	encoded, err := runtime.Encode(protobuf.NewSerializer(scheme, scheme), object)
	require.NoError(b, err)
	server := httptest.NewTLSServer(http.HandlerFunc(func(w http.ResponseWriter, _ *http.Request) {
		w.Header().Set("Content-Type", runtime.ContentTypeProtobuf)
		_, _ = w.Write(encoded)
	}))
	b.Cleanup(server.Close)
	mapper := meta.NewDefaultRESTMapper(nil)
	mapper.Add(corev1.SchemeGroupVersion.WithKind("Secret"), meta.RESTScopeNamespace)
	mapper.Add(corev1.SchemeGroupVersion.WithKind("ConfigMap"), meta.RESTScopeNamespace)
	config := &rest.Config{Host: server.URL, QPS: -1, Timeout: time.Minute, TLSClientConfig: rest.TLSClientConfig{Insecure: true}}
	c, err := client.New(config, client.Options{Scheme: scheme, Mapper: mapper})
	require.NoError(b, err)
	return c
}
