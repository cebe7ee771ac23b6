package install

import (
	"context"
	"fmt"
	"slices"
	"strconv"

	certmanager "github.com/cert-manager/cert-manager/pkg/apis/certmanager/v1"
	cmmeta "github.com/cert-manager/cert-manager/pkg/apis/meta/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/client-go/dynamic"

	"github.com/kubectl-flare/kubectl-flare/manifests"
)

// certManagerReader reads cert-manager's objects in the webhook's namespace. It
// does not use the helpers of cert-manager's pkg/api/util, which link zap and
// k8s.io/component-base's metrics for three loops over conditions.
type certManagerReader struct {
	client dynamic.Interface
}

func (r certManagerReader) resource(plural string) dynamic.ResourceInterface {
	return r.client.Resource(certmanager.SchemeGroupVersion.WithResource(plural)).Namespace(manifests.Namespace)
}

func (r certManagerReader) certificate(ctx context.Context, name string) (*certmanager.Certificate, error) {
	return get[certmanager.Certificate](ctx, r.resource("certificates"), name)
}

func get[T any](ctx context.Context, client dynamic.ResourceInterface, name string) (*T, error) {
	u, err := client.Get(ctx, name, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	out := new(T)
	return out, runtime.DefaultUnstructuredConverter.FromUnstructured(u.Object, out)
}

// isReady says whether cert-manager has found the current generation of the Certificate
// ready, and not that of an earlier installation.
func isReady(c *certmanager.Certificate) bool {
	return slices.ContainsFunc(c.Status.Conditions, func(condition certmanager.CertificateCondition) bool {
		return condition.Type == certmanager.CertificateConditionReady && condition.Status == cmmeta.ConditionTrue &&
			condition.ObservedGeneration >= c.Generation
	})
}

// reasons says why a Certificate is not ready: what cert-manager wrote into its
// conditions, into those of its newest CertificateRequest and into its Issuer's.
// There is no Order to look at: only ACME issuers make those, and ours sign with
// keys of their own.
func (r certManagerReader) reasons(ctx context.Context, name string) ([]string, error) {
	certificate, err := r.certificate(ctx, name)
	if err != nil {
		return nil, err
	}
	reasons := certificateReasons(certificate)
	if len(certificate.Status.Conditions) == 0 {
		// Without a controller there is nothing else to read.
		return reasons, nil
	}
	request, err := r.newestRequest(ctx, certificate)
	if err != nil {
		return nil, err
	}
	if request != nil {
		reasons = append(reasons, requestReasons(request)...)
	}
	issuer, err := get[certmanager.Issuer](ctx, r.resource("issuers"), certificate.Spec.IssuerRef.Name)
	if err != nil {
		return nil, err
	}
	return append(reasons, issuerReasons(issuer)...), nil
}

// newestRequest is the last CertificateRequest of a Certificate; nil if there is none.
func (r certManagerReader) newestRequest(ctx context.Context, owner *certmanager.Certificate) (*certmanager.CertificateRequest, error) {
	list, err := r.resource("certificaterequests").List(ctx, metav1.ListOptions{})
	if err != nil {
		return nil, err
	}
	var newest *certmanager.CertificateRequest
	for i := range list.Items {
		request := &certmanager.CertificateRequest{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(list.Items[i].Object, request); err != nil {
			return nil, err
		}
		if metav1.IsControlledBy(request, owner) && (newest == nil || revision(newest) < revision(request)) {
			newest = request
		}
	}
	return newest, nil
}

// revision counts the CertificateRequests of a Certificate; zero if cert-manager has not
// written it.
func revision(request *certmanager.CertificateRequest) int {
	n, err := strconv.Atoi(request.Annotations[certmanager.CertificateRequestRevisionAnnotationKey])
	if err != nil {
		return 0
	}
	return n
}

func certificateReasons(c *certmanager.Certificate) []string {
	if len(c.Status.Conditions) == 0 {
		return []string{"cert-manager has not looked at it: make sure that cert-manager's controller is running"}
	}
	var reasons []string
	for _, condition := range c.Status.Conditions {
		// An issuance in progress says only that the Certificate is not ready; a failed
		// one says why.
		if condition.Status != cmmeta.ConditionTrue {
			reasons = append(reasons, because(condition.Reason, condition.Message))
		}
	}
	if len(reasons) == 0 {
		reasons = append(reasons, "cert-manager has not looked at its newest version yet")
	}
	return reasons
}

// requestReasons are those of a CertificateRequest that was denied or cannot be
// signed (conditions that are true), or is not ready.
func requestReasons(request *certmanager.CertificateRequest) []string {
	var reasons []string
	decided := false
	for _, condition := range request.Status.Conditions {
		bad := condition.Status == cmmeta.ConditionTrue
		switch condition.Type {
		case certmanager.CertificateRequestConditionApproved:
			decided, bad = true, false
		case certmanager.CertificateRequestConditionDenied:
			decided = true
		case certmanager.CertificateRequestConditionInvalidRequest:
		case certmanager.CertificateRequestConditionReady:
			bad = !bad
		}
		if bad {
			reasons = append(reasons, of("CertificateRequest", request.Name, because(condition.Reason, condition.Message)))
		}
	}
	if !decided {
		reasons = append(reasons, of("CertificateRequest", request.Name, "it has been neither approved nor denied"))
	}
	return reasons
}

func issuerReasons(issuer *certmanager.Issuer) []string {
	if issuer.Status.Conditions == nil {
		return []string{of(certmanager.IssuerKind, issuer.Name, "cert-manager has not looked at it")}
	}
	for _, condition := range issuer.Status.Conditions {
		if condition.Type == certmanager.IssuerConditionReady && condition.Status != cmmeta.ConditionTrue {
			return []string{of(certmanager.IssuerKind, issuer.Name, because(condition.Reason, condition.Message))}
		}
	}
	return nil
}

func because(reason, message string) string { return fmt.Sprintf("%s (%s)", message, reason) }

func of(kind, name, reason string) string { return fmt.Sprintf("%s %q: %s", kind, name, reason) }
