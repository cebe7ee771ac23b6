package install

import (
	"context"
	"fmt"
	"time"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/manifests"
)

// poll is the interval at which the state of objects is read.
const poll = time.Second

// prove waits until the webhook has its certificate and runs, and then until it has
// denied a pod. ctx bounds all of this together.
func (o *Options) prove(ctx context.Context) error {
	if manifests.Certs(o.Certs) == manifests.CertManager {
		if err := o.awaitCertificates(ctx); err != nil {
			return err
		}
	}
	typed, err := o.clients.Typed()
	if err != nil {
		return err
	}
	if err := o.awaitDeployment(ctx, typed); err != nil {
		return err
	}
	return o.selfTest(ctx, typed)
}

func (o *Options) awaitDeployment(ctx context.Context, typed kubernetes.Interface) error {
	state := "the state of its Deployment is unknown"
	err := wait.PollUntilContextCancel(ctx, poll, true, func(ctx context.Context) (bool, error) {
		d, err := typed.AppsV1().Deployments(manifests.Namespace).Get(ctx, manifests.Webhook, metav1.GetOptions{})
		if apierrors.IsForbidden(err) {
			return true, nil
		}
		if err != nil {
			return false, err
		}
		want := int32(1)
		if d.Spec.Replicas != nil {
			want = *d.Spec.Replicas
		}
		state = fmt.Sprintf("%d of %d pods are available", d.Status.AvailableReplicas, want)
		return d.Status.ObservedGeneration >= d.Generation && d.Status.UpdatedReplicas == want && d.Status.AvailableReplicas >= want, nil
	})
	if err != nil {
		return o.explainWait(ctx, err, "the webhook is not available: "+state+"; see `kubectl get pods,events -n "+manifests.Namespace+"`")
	}
	_, _ = fmt.Fprintln(o.Printer.Progress(o.IOStreams), "the webhook is running")
	return nil
}

// explainWait says what has not happened in time, if err is a timeout.
func (o *Options) explainWait(ctx context.Context, err error, what string) error {
	if timedOut(ctx) {
		return fmt.Errorf("after %s %s", o.Timeout, what)
	}
	return err
}

// timedOut says whether the deadline of ctx is over. It looks at the clock, because
// client-go's rate limiter may notice that before ctx does, and returns an error of its
// own.
func timedOut(ctx context.Context) bool {
	deadline, ok := ctx.Deadline()
	return ok && !time.Now().Before(deadline)
}
