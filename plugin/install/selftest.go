package install

import (
	"context"
	"fmt"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/wait"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// selfTest makes a request that must be denied: a pod in a namespace whose policy does not
// exist. Ready pods of the webhook prove less: the API server must also reach them, trust
// their certificate and have read the registration. The request is a dry run, so that
// nothing starts even if it is allowed.
func (o *Options) selfTest(ctx context.Context, typed kubernetes.Interface) error {
	ns, err := typed.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		GenerateName: "flare-selftest-",
		Labels:       map[string]string{names.LabelSitePolicy: "flare-selftest", names.LabelManagedBy: names.ManagedBy},
	}}, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("cannot create a namespace for the self-test: %w", o.clients.Explain(ctx, err))
	}
	defer o.remove(context.WithoutCancel(ctx), typed, ns.Name)
	last := "has not been tested"
	err = wait.PollUntilContextCancel(ctx, poll, true, func(ctx context.Context) (bool, error) {
		_, err := typed.CoreV1().Pods(ns.Name).Create(ctx, probe(), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		if err == nil {
			last = "was not called: the pod was allowed"
			return false, nil
		}
		last = "did not deny the pod: " + err.Error()
		return deniedByWebhook(err), nil
	})
	if err != nil {
		return o.explainWait(ctx, err, "the self-test has not passed: the webhook "+last)
	}
	_, _ = fmt.Fprintln(o.Printer.Progress(o.IOStreams), "self-test passed: the webhook denied a pod in a governed namespace without a policy")
	return nil
}

func deniedByWebhook(err error) bool {
	return strings.Contains(err.Error(), fmt.Sprintf("admission webhook %q denied the request", manifests.PodsWebhook))
}

func (o *Options) remove(ctx context.Context, typed kubernetes.Interface, namespace string) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := typed.CoreV1().Namespaces().Delete(ctx, namespace, metav1.DeleteOptions{}); err != nil {
		_, _ = fmt.Fprintf(o.ErrOut, "Warning: namespace %q of the self-test could not be deleted; delete it: %v\n", namespace, err)
	}
}

// probe is a pod that only the webhook denies. It has no user: a platform that assigns users
// would deny another one before the webhook is asked.
func probe() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "probe"},
		Spec: corev1.PodSpec{
			AutomountServiceAccountToken: new(false),
			SecurityContext:              workloads.AssignedSecurity(),
			Containers: []corev1.Container{{
				Name: "probe", Image: "registry.invalid/probe", SecurityContext: workloads.ContainerSecurity(),
				Resources: workloads.Resources{}.Requirements(),
			}},
		},
	}
}
