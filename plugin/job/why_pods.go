package job

import (
	"context"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/plugin/podstate"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// maxJobPods is how many pods of one job are read in a namespace: each participant has one, and few
// participants share a namespace.
const maxJobPods = 20

// askJobPods looks at the pods in which the job itself runs: at what keeps them from running, and at
// their logs.
func (o *options) askJobPods(ctx context.Context, typed kubernetes.Interface, namespace string, all []participants.Participant, id string, say func(who string, reasons []string) error) error {
	list, err := typed.CoreV1().Pods(namespace).List(ctx, metav1.ListOptions{LabelSelector: names.LabelRole + "=job"})
	if err != nil {
		return err
	}
	pods := slices.DeleteFunc(list.Items, func(pod corev1.Pod) bool { return !ofJob(&pod, id) })
	for i := range pods[:min(maxJobPods, len(pods))] {
		pod := &pods[i]
		reasons, err := o.ofJobPod(ctx, typed, pod, all, id)
		if err != nil {
			return err
		}
		if err := say("pod "+pod.Name, reasons); err != nil {
			return err
		}
	}
	return nil
}

// ofJob says whether a pod is one of the job: its launcher gives it the ID.
func ofJob(pod *corev1.Pod, id string) bool {
	if strings.Contains(pod.Name, id) {
		return true
	}
	return slices.ContainsFunc(pod.Spec.Containers, func(c corev1.Container) bool { return slices.Contains(c.Args, id) })
}

// ofJobPod reads one pod, in the words of each framework in the namespace.
func (o *options) ofJobPod(ctx context.Context, typed kubernetes.Interface, pod *corev1.Pod, all []participants.Participant, id string) ([]string, error) {
	reasons := obstacles(pod)
	var asked []string
	for _, p := range all {
		framework, err := o.frameworks.Get(p.Framework)
		if err != nil || framework.Explainer == nil || slices.Contains(asked, p.Framework) || !started(pod) {
			continue
		}
		asked = append(asked, p.Framework)
		found, err := why(ctx, typed, framework.Explainer, pod, id)
		if err != nil {
			return nil, err
		}
		reasons = append(reasons, found...)
	}
	return reasons, nil
}

// obstacles are why a pod does not run, or has ended too early.
func obstacles(pod *corev1.Pod) []string {
	state := podstate.Of(pod)
	switch {
	case state.Cause == podstate.None, pod.Status.Phase == corev1.PodSucceeded:
		return nil
	}
	// Containers write the messages with which they end.
	var reasons workloads.Reasons
	reasons.Add(state.String())
	if state.Cause != podstate.Ended {
		return reasons.All()
	}
	for _, c := range pod.Status.ContainerStatuses {
		if end := c.State.Terminated; end != nil && end.ExitCode != 0 {
			reasons.Add("container " + c.Name + " " + podstate.ExitText(end))
		}
	}
	return reasons.All()
}

// started says whether all containers of a pod have logs.
func started(pod *corev1.Pod) bool {
	return len(pod.Status.ContainerStatuses) > 0 && !slices.ContainsFunc(pod.Status.ContainerStatuses, func(c corev1.ContainerStatus) bool {
		return c.State.Waiting != nil
	})
}
