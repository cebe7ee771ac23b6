package rollout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/ansi"
)

// unschedulable checks whether the pod waits for the workspace claim.
func (f *follower) unschedulable(ctx context.Context, s state) error {
	if !strings.Contains(strings.ToLower(s.Detail), "persistentvolumeclaim") {
		return f.fail(s)
	}
	for _, v := range s.pod.Spec.Volumes {
		if v.PersistentVolumeClaim == nil {
			continue
		}
		claim, err := f.typed.CoreV1().PersistentVolumeClaims(s.pod.Namespace).Get(ctx, v.PersistentVolumeClaim.ClaimName, metav1.GetOptions{})
		if err != nil || claim.Status.Phase != corev1.ClaimPending {
			continue
		}
		if why := f.pendingClaim(ctx, claim); why != "" {
			return f.fail(text(why))
		}
	}
	return f.fail(s)
}

// pendingClaim says why a claim stays pending. The class of a claim cannot be changed,
// so the advice is to delete the claim.
func (f *follower) pendingClaim(ctx context.Context, claim *corev1.PersistentVolumeClaim) string {
	advice := fmt.Sprintf("give --storage-class NAME (`kubectl get storageclass` lists them), after `kubectl delete persistentvolumeclaim %s -n %s`",
		claim.Name, claim.Namespace)
	class := claim.Spec.StorageClassName
	if class == nil || *class == "" {
		return "its workspace claim is pending, and the cluster has no default StorageClass: " + advice
	}
	_, err := f.typed.StorageV1().StorageClasses().Get(ctx, *class, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return fmt.Sprintf("its workspace claim is pending, and StorageClass %q does not exist: %s", *class, advice)
	}
	return ""
}

// evidence is the end of the pod's log and the last warning about the pod.
func (f *follower) evidence(ctx context.Context, s state, opts *corev1.PodLogOptions) error {
	var found []error
	opts.Container = containerOf(s)
	if text := f.tail(ctx, s.pod, opts); text != "" {
		found = append(found, fmt.Errorf("the last lines of its log:\n%s", text))
	}
	if text := f.lastWarning(ctx, s.pod); text != "" {
		found = append(found, fmt.Errorf("the last warning about the pod: %s", text))
	}
	return errors.Join(found...)
}

// containerOf is the container that a state is about, or the pod's first one.
func containerOf(s state) string {
	if s.Container != "" || len(s.pod.Spec.Containers) == 0 {
		return s.Container
	}
	return s.pod.Spec.Containers[0].Name
}

// tail is the last ten lines of a log, indented; empty if there are none or if the user
// may not read them.
func (f *follower) tail(ctx context.Context, pod *corev1.Pod, opts *corev1.PodLogOptions) string {
	opts.TailLines, opts.LimitBytes = new(int64(10)), new(int64(64<<10))
	stream, err := f.typed.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, opts).Stream(ctx)
	if err != nil {
		return ""
	}
	defer func() { _ = stream.Close() }()
	data, err := io.ReadAll(stream)
	text := strings.TrimRight(ansi.Strip(string(data)), "\n")
	if err != nil || text == "" {
		return ""
	}
	return "  " + strings.ReplaceAll(text, "\n", "\n  ")
}

func (f *follower) lastWarning(ctx context.Context, pod *corev1.Pod) string {
	list, err := f.typed.CoreV1().Events(pod.Namespace).List(ctx, metav1.ListOptions{
		FieldSelector: "type=Warning,involvedObject.uid=" + string(pod.UID),
	})
	if err != nil || len(list.Items) == 0 {
		return ""
	}
	last := list.Items[0]
	for _, e := range list.Items[1:] {
		if last.LastTimestamp.Before(&e.LastTimestamp) {
			last = e
		}
	}
	return last.Reason + ": " + last.Message
}
