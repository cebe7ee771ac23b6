package install

import (
	"testing"

	certmanager "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	"github.com/stretchr/testify/require"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/dynamic/fake"

	"github.com/kubectl-flare/kubectl-flare/manifests"
)

func reader(t *testing.T, objects ...runtime.Object) certManagerReader {
	t.Helper()
	scheme := runtime.NewScheme()
	require.NoError(t, certmanager.AddToScheme(scheme))
	return certManagerReader{client: fake.NewSimpleDynamicClient(scheme, objects...)}
}

func named(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{Name: name, Namespace: manifests.Namespace, UID: types.UID(name), Generation: 2}
}

func certificate(conditions ...certmanager.CertificateCondition) *certmanager.Certificate {
	return &certmanager.Certificate{
		ObjectMeta: named("c"),
		Spec:       certmanager.CertificateSpec{IssuerRef: cmmeta.IssuerReference{Name: "i"}},
		Status:     certmanager.CertificateStatus{Conditions: conditions},
	}
}

func issuer(conditions ...certmanager.IssuerCondition) *certmanager.Issuer {
	return &certmanager.Issuer{ObjectMeta: named("i"), Status: certmanager.IssuerStatus{Conditions: conditions}}
}

// request is the CertificateRequest of a revision of the Certificate c.
func request(revision string, conditions ...certmanager.CertificateRequestCondition) *certmanager.CertificateRequest {
	m := named("c-" + revision)
	m.Annotations = map[string]string{certmanager.CertificateRequestRevisionAnnotationKey: revision}
	m.OwnerReferences = []metav1.OwnerReference{{UID: "c", Controller: new(true)}}
	return &certmanager.CertificateRequest{ObjectMeta: m, Status: certmanager.CertificateRequestStatus{Conditions: conditions}}
}

func absent() certmanager.CertificateCondition {
	return certmanager.CertificateCondition{
		Type: certmanager.CertificateConditionReady, Status: cmmeta.ConditionFalse, ObservedGeneration: 2,
		Reason: "DoesNotExist", Message: "Issuing certificate as Secret does not exist",
	}
}

func requestIs(t certmanager.CertificateRequestConditionType, status cmmeta.ConditionStatus, reason, message string) certmanager.CertificateRequestCondition {
	return certmanager.CertificateRequestCondition{Type: t, Status: status, Reason: reason, Message: message}
}

func approved() certmanager.CertificateRequestCondition {
	return requestIs(certmanager.CertificateRequestConditionApproved, cmmeta.ConditionTrue, "cert-manager.io", "approved")
}

// The states are those that cert-manager 1.21.2 writes.
func TestReasons(t *testing.T) {
	readyIssuer := issuer(certmanager.IssuerCondition{Type: certmanager.IssuerConditionReady, Status: cmmeta.ConditionTrue})
	waiting := "Issuing certificate as Secret does not exist (DoesNotExist)"
	for name, tc := range map[string]struct {
		objects []runtime.Object
		want    []string
	}{
		"no controller": {
			[]runtime.Object{certificate(), issuer()},
			[]string{"cert-manager has not looked at it: make sure that cert-manager's controller is running"},
		},
		"issuer without its key": {
			[]runtime.Object{
				certificate(absent()),
				request("1", approved(), requestIs(certmanager.CertificateRequestConditionReady, cmmeta.ConditionFalse, "Pending", "Referenced issuer is not ready")),
				issuer(certmanager.IssuerCondition{
					Type: certmanager.IssuerConditionReady, Status: cmmeta.ConditionFalse,
					Reason: "ErrGetKeyPair", Message: `secrets "flare-webhook-ca" not found`,
				}),
			},
			[]string{
				waiting,
				`CertificateRequest "c-1": Referenced issuer is not ready (Pending)`,
				`Issuer "i": secrets "flare-webhook-ca" not found (ErrGetKeyPair)`,
			},
		},
		"the newest request counts, by number": {
			[]runtime.Object{
				certificate(absent()), readyIssuer,
				request("9", approved(), requestIs(certmanager.CertificateRequestConditionReady, cmmeta.ConditionFalse, "Failed", "old")),
				request("10", requestIs(certmanager.CertificateRequestConditionDenied, cmmeta.ConditionTrue, "policy", "No policy approved this request")),
			},
			[]string{waiting, `CertificateRequest "c-10": No policy approved this request (policy)`},
		},
		"no approval": {
			[]runtime.Object{certificate(absent()), readyIssuer, request("1")},
			[]string{waiting, `CertificateRequest "c-1": it has been neither approved nor denied`},
		},
		"a request that cannot be signed": {
			[]runtime.Object{
				certificate(absent(), certmanager.CertificateCondition{
					Type: certmanager.CertificateConditionIssuing, Status: cmmeta.ConditionFalse, Reason: "Failed", Message: "will be retried",
				}),
				readyIssuer,
				request("1", approved(), requestIs(certmanager.CertificateRequestConditionInvalidRequest, cmmeta.ConditionTrue, "InvalidRequest", "usages")),
			},
			[]string{waiting, "will be retried (Failed)", `CertificateRequest "c-1": usages (InvalidRequest)`},
		},
		"another's request, and an issuer without a controller": {
			[]runtime.Object{certificate(absent()), issuer(), &certmanager.CertificateRequest{ObjectMeta: named("d-1")}},
			[]string{waiting, `Issuer "i": cert-manager has not looked at it`},
		},
	} {
		t.Run(name, func(t *testing.T) {
			got, err := reader(t, tc.objects...).reasons(t.Context(), "c")
			require.NoError(t, err)
			require.Equal(t, tc.want, got)
		})
	}
	_, err := reader(t).reasons(t.Context(), "c")
	require.ErrorContains(t, err, `"c" not found`)
}

// What cert-manager said of an earlier version of a Certificate does not count.
func TestReadiness(t *testing.T) {
	for generation, want := range map[int64]bool{1: false, 2: true} {
		c := certificate(certmanager.CertificateCondition{
			Type: certmanager.CertificateConditionReady, Status: cmmeta.ConditionTrue, ObservedGeneration: generation,
		})
		require.Equal(t, want, isReady(c))
		if !want {
			require.Equal(t, []string{"cert-manager has not looked at its newest version yet"}, certificateReasons(c))
		}
	}
	require.False(t, isReady(certificate()))
}
