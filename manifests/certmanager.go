package manifests

import (
	"time"

	certmanager "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
)

const (
	// CertificateAuthority is the Certificate of the authority, its Secret, and
	// the authority's common name. The Certificate that the webhook serves is
	// named Webhook.
	CertificateAuthority = "flare-webhook-ca"
	// servingSecret is where cert-manager stores the serving certificate.
	servingSecret = "flare-webhook-tls"
	// rootIssuer signs the authority with the authority's own key.
	rootIssuer = "flare-webhook-root"
)

// Certificates are the names of the Certificates of CertManager, in the order in which
// cert-manager can issue them.
func Certificates() []string { return []string{CertificateAuthority, Webhook} }

// certManagerObjects are the Issuers and Certificates of CertManager. There is an
// authority, and not just a self-signed certificate, so that the webhook configurations trust
// a certificate that outlives the serving certificate.
func certManagerObjects() ([]*unstructured.Unstructured, error) {
	return convert(
		issuer(rootIssuer, certmanager.IssuerConfig{SelfSigned: &certmanager.SelfSignedIssuer{}}),
		certificate(CertificateAuthority, rootIssuer, certmanager.CertificateSpec{
			SecretName: CertificateAuthority,
			IsCA:       true,
			Duration:   &metav1.Duration{Duration: 2 * 365 * 24 * time.Hour},
		}),
		issuer(Webhook, certmanager.IssuerConfig{CA: &certmanager.CAIssuer{SecretName: CertificateAuthority}}),
		certificate(Webhook, Webhook, certmanager.CertificateSpec{
			SecretName: servingSecret,
			DNSNames:   []string{Webhook + "." + Namespace + ".svc"},
			Duration:   &metav1.Duration{Duration: 90 * 24 * time.Hour},
			Usages:     []certmanager.KeyUsage{certmanager.UsageDigitalSignature, certmanager.UsageServerAuth},
		}),
	)
}

func issuer(name string, config certmanager.IssuerConfig) *certmanager.Issuer {
	return &certmanager.Issuer{
		TypeMeta:   typeMeta(certmanager.IssuerKind),
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: Namespace},
		Spec:       certmanager.IssuerSpec{IssuerConfig: config},
	}
}

// certificate completes a spec with what all our Certificates share: a new ECDSA P-256 key
// for each issuance, and their own name as the common name.
func certificate(name, issuer string, spec certmanager.CertificateSpec) *certmanager.Certificate {
	spec.CommonName = name
	spec.IssuerRef = cmmeta.IssuerReference{Kind: certmanager.IssuerKind, Name: issuer}
	spec.PrivateKey = &certmanager.CertificatePrivateKey{
		Algorithm: certmanager.ECDSAKeyAlgorithm, Size: 256, RotationPolicy: certmanager.RotationPolicyAlways,
	}
	return &certmanager.Certificate{
		TypeMeta:   typeMeta(certmanager.CertificateKind),
		ObjectMeta: metav1.ObjectMeta{Name: name, Namespace: Namespace},
		Spec:       spec,
	}
}

func typeMeta(kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: certmanager.SchemeGroupVersion.String(), Kind: kind}
}

// convert turns typed objects into unstructured ones, without the status, which only the
// cluster writes.
func convert(objects ...runtime.Object) ([]*unstructured.Unstructured, error) {
	out := make([]*unstructured.Unstructured, 0, len(objects))
	for _, object := range objects {
		content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
		if err != nil {
			return nil, err
		}
		delete(content, "status")
		u := &unstructured.Unstructured{Object: content}
		mark(u)
		out = append(out, u)
	}
	return out, nil
}
