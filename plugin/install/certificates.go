package install

import (
	"context"
	"fmt"
	"strings"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/util/wait"

	"github.com/kubectl-flare/kubectl-flare/manifests"
)

// awaitCertificates waits until cert-manager has issued the webhook's certificate. For a
// user who may not read Certificates it does not wait: the pods of the Deployment start
// once the Secret exists.
func (o *Options) awaitCertificates(ctx context.Context) error {
	client, err := o.clients.Dynamic()
	if err != nil {
		return err
	}
	reader := certManagerReader{client: client}
	for _, name := range manifests.Certificates() {
		err := wait.PollUntilContextCancel(ctx, poll, true, func(ctx context.Context) (bool, error) {
			certificate, err := reader.certificate(ctx, name)
			if apierrors.IsForbidden(err) {
				return true, nil
			}
			return err == nil && isReady(certificate), err
		})
		if err != nil && timedOut(ctx) {
			return o.explainWait(ctx, err, notIssued(ctx, reader, name))
		}
		if err != nil {
			return err
		}
	}
	_, _ = fmt.Fprintln(o.Printer.Progress(o.IOStreams), "cert-manager has issued the webhook's certificate")
	return nil
}

// notIssued says why a Certificate is not ready, in cert-manager's words. It reads the
// reasons again, with ten seconds of its own: the deadline of ctx may be over.
func notIssued(ctx context.Context, reader certManagerReader, name string) string {
	ctx, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	reasons, err := reader.reasons(ctx, name)
	if err != nil {
		reasons = []string{"its state cannot be read: " + err.Error()}
	}
	return fmt.Sprintf("cert-manager has not issued the Certificate %q: %s; see `kubectl describe certificates,certificaterequests,issuers -n %s`",
		name, strings.Join(reasons, "; "), manifests.Namespace)
}
