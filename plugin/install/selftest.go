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

// selfTest asks for what must be refused: a pod in a namespace whose policy does
// not exist. That the webhook's pods are ready proves less: the API server must
// find them, trust their certificate and have read the registration. The pod is
// a dry run, so nothing would start even if it were let through.
func (o *Options) selfTest(ctx context.Context, typed kubernetes.Interface) error {
	ns, err := typed.CoreV1().Namespaces().Create(ctx, &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{
		GenerateName: "flare-selftest-",
		Labels:       map[string]string{names.LabelSitePolicy: "flare-selftest", names.LabelManagedBy: names.ManagedBy},
	}}, metav1.CreateOptions{})
	if err != nil {
		return fmt.Errorf("the self-test needs a namespace of its own: %w", o.clients.Explain(ctx, err))
	}
	defer o.remove(context.WithoutCancel(ctx), typed, ns.Name)
	last := "was not asked"
	err = wait.PollUntilContextCancel(ctx, poll, true, func(ctx context.Context) (bool, error) {
		_, err := typed.CoreV1().Pods(ns.Name).Create(ctx, probe(), metav1.CreateOptions{DryRun: []string{metav1.DryRunAll}})
		if err == nil {
			last = "was not asked: the pod was let through"
			return false, nil
		}
		last = "answered: " + err.Error()
		return refusedByWebhook(err), nil
	})
	if err != nil {
		return o.explainWait(ctx, err, "the webhook has not refused the pod of the self-test; the API server "+last)
	}
	_, _ = fmt.Fprintln(o.Printer.Progress(o.IOStreams), "self-test passed: a pod in a governed namespace without a policy was refused")
	return nil
}

func refusedByWebhook(err error) bool {
	return strings.Contains(err.Error(), fmt.Sprintf("admission webhook %q denied the request", manifests.PodsWebhook))
}

func (o *Options) remove(ctx context.Context, typed kubernetes.Interface, namespace string) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	if err := typed.CoreV1().Namespaces().Delete(ctx, namespace, metav1.DeleteOptions{}); err != nil {
		_, _ = fmt.Fprintf(o.ErrOut, "Warning: the namespace %q of the self-test is still there: delete it: %v\n", namespace, err)
	}
}

// probe is a pod that no rule but ours refuses.
func probe() *corev1.Pod {
	return &corev1.Pod{
		ObjectMeta: metav1.ObjectMeta{Name: "probe"},
		Spec: corev1.PodSpec{
			AutomountServiceAccountToken: new(false),
			SecurityContext:              workloads.PodSecurity(),
			Containers: []corev1.Container{{
				Name: "probe", Image: "registry.invalid/probe", SecurityContext: workloads.ContainerSecurity(),
				Resources: workloads.Resources{}.Requirements(),
			}},
		},
	}
}
