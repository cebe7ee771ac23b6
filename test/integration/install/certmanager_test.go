//go:build integration

package install

import (
	"os/exec"
	"path/filepath"
	"strings"
	"testing"

	certmanager "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	"github.com/stretchr/testify/require"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/rest"
	"sigs.k8s.io/controller-runtime/pkg/client"

	"github.com/kubectl-flare/kubectl-flare/manifests"
)

// certManagerKinds are the files with cert-manager's CRDs, in its module.
func certManagerKinds(t *testing.T) []string {
	t.Helper()
	dir, err := exec.CommandContext(t.Context(), "go", "list", "-m", "-f", "{{.Dir}}", "github.com/cert-manager/cert-manager").Output()
	require.NoError(t, err)
	var files []string
	for _, kind := range []string{"certificates", "certificaterequests", "issuers"} {
		files = append(files, filepath.Join(strings.TrimSpace(string(dir)), "deploy", "crds", "cert-manager.io_"+kind+".yaml"))
	}
	return files
}

// Nothing is written to a cluster without cert-manager, in which the webhook
// could not start, or without the Prometheus operator where it is needed.
func TestInstallWithoutCertManager(t *testing.T) {
	config, typed := start(t)
	for _, more := range []string{"--wait=false", "--dry-run=server"} {
		_, _, err := run(t, config, "install", "--image=x", "--certs=cert-manager", more)
		require.ErrorContains(t, err, "cert-manager is not installed in this cluster: install it first")
		_, _, err = run(t, config, "install", "--image=x", "--certs=self-signed", "--monitoring", more)
		require.ErrorContains(t, err, "the Prometheus operator is not installed in this cluster: install it first")
		_, err = typed.CoreV1().Namespaces().Get(t.Context(), manifests.Namespace, metav1.GetOptions{})
		require.True(t, apierrors.IsNotFound(err), "%v", err)
	}
}

// No controller runs here: the test writes what cert-manager's would.
func TestInstallReportsCertManagersReasons(t *testing.T) {
	config, _ := start(t, certManagerKinds(t)...)
	c := certManagerClient(t, config)
	install := func(more ...string) (out string, err error) {
		out, _, err = run(t, config, append([]string{"install", "--image=x", "--certs=cert-manager"}, more...)...)
		return out, err
	}
	out, err := install("--timeout=2s")
	require.Contains(t, out, "certificate.cert-manager.io/flare-webhook created")
	require.ErrorContains(t, err, `after 2s cert-manager has not issued the Certificate "flare-webhook-ca": cert-manager has not looked at it`)

	out, err = install("--wait=false")
	require.NoError(t, err)
	require.Contains(t, out, "certificate.cert-manager.io/flare-webhook unchanged")

	authority := certificateOf(t, c, manifests.CertificateAuthority)
	condition(t, c, authority, cmmeta.ConditionTrue, "Ready", "")
	serving := certificateOf(t, c, manifests.Webhook)
	condition(t, c, serving, cmmeta.ConditionFalse, "DoesNotExist", "Issuing certificate as Secret does not exist")
	deny(t, c, serving)
	_, err = install("--timeout=2s")
	require.ErrorContains(t, err, `after 2s cert-manager has not issued the Certificate "flare-webhook": Issuing certificate as Secret does not exist (DoesNotExist); `+
		`CertificateRequest "flare-webhook-1": no policy approves it (policy.cert-manager.io); Issuer "flare-webhook": cert-manager has not looked at it`)

	condition(t, c, serving, cmmeta.ConditionTrue, "Ready", "")
	out, err = install("--timeout=2s")
	require.Contains(t, out, "cert-manager has issued the webhook's certificate\n")
	require.ErrorContains(t, err, "the webhook is not available: 0 of 2 pods are available")
}

func certManagerClient(t *testing.T, config *rest.Config) client.Client {
	t.Helper()
	scheme := runtime.NewScheme()
	require.NoError(t, certmanager.AddToScheme(scheme))
	c, err := client.New(config, client.Options{Scheme: scheme})
	require.NoError(t, err)
	return c
}

func certificateOf(t *testing.T, c client.Client, name string) *certmanager.Certificate {
	t.Helper()
	certificate := &certmanager.Certificate{}
	require.NoError(t, c.Get(t.Context(), client.ObjectKey{Namespace: manifests.Namespace, Name: name}, certificate))
	return certificate
}

func condition(t *testing.T, c client.Client, certificate *certmanager.Certificate, ready cmmeta.ConditionStatus, reason, message string) {
	t.Helper()
	certificate.Status.Conditions = []certmanager.CertificateCondition{{
		Type: certmanager.CertificateConditionReady, Status: ready, Reason: reason, Message: message, ObservedGeneration: certificate.Generation,
	}}
	require.NoError(t, c.Status().Update(t.Context(), certificate))
}

// deny makes the CertificateRequest of a Certificate, as one that an approver has
// denied.
func deny(t *testing.T, c client.Client, certificate *certmanager.Certificate) {
	t.Helper()
	request := &certmanager.CertificateRequest{
		ObjectMeta: metav1.ObjectMeta{
			Name: certificate.Name + "-1", Namespace: certificate.Namespace,
			Annotations:     map[string]string{certmanager.CertificateRequestRevisionAnnotationKey: "1"},
			OwnerReferences: []metav1.OwnerReference{*metav1.NewControllerRef(certificate, certmanager.SchemeGroupVersion.WithKind(certmanager.CertificateKind))},
		},
		Spec: certmanager.CertificateRequestSpec{Request: []byte("request"), IssuerRef: certificate.Spec.IssuerRef},
	}
	require.NoError(t, c.Create(t.Context(), request))
	request.Status.Conditions = []certmanager.CertificateRequestCondition{{
		Type: certmanager.CertificateRequestConditionDenied, Status: cmmeta.ConditionTrue,
		Reason: "policy.cert-manager.io", Message: "no policy approves it",
	}}
	require.NoError(t, c.Status().Update(t.Context(), request))
}
