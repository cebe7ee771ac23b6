package rollout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"strings"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-flare/kubectl-flare/plugin/ansi"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// How long a state may last that might still get better by itself: a controller
// may retry after the cause was mended, the scheduler sees a new claim late, a
// kubelet pulls again after 10 seconds.
const (
	graceRefused       = 3 * time.Second
	graceUnschedulable = 10 * time.Second
	gracePull          = 20 * time.Second
	pullTries          = 2
)

// hopeless returns an error when waiting will not help.
func (w *Waiter) hopeless(ctx context.Context, s state) error {
	lasted := w.clock.Since(w.since)
	switch {
	case s.refused && w.nudge(ctx, s):
		return nil
	case s.refused && lasted >= graceRefused:
		return w.fail(s, s.detail)
	case s.pod == nil:
		return nil
	}
	switch s.reason {
	case "ErrImagePull", "ImagePullBackOff":
		if w.pulls[s.pod.UID] >= pullTries || lasted >= gracePull {
			return w.fail(s, s.detail+"; check --image, and whether the namespace needs --image-pull-secret")
		}
	case "InvalidImageName", "ErrImageNeverPull", "CreateContainerConfigError":
		return w.fail(s, s.detail)
	case reasonInit:
		return w.initFailed(s)
	case "CrashLoopBackOff":
		return errors.Join(w.fail(s, s.detail), w.evidence(ctx, s.pod, &corev1.PodLogOptions{Previous: true}))
	case corev1.PodReasonUnschedulable:
		if lasted >= graceUnschedulable {
			return w.unschedulable(ctx, s)
		}
	}
	return nil
}

// nudge makes the controller try again, once, after a refusal from before this
// launch: it waits ever longer between its tries, up to a quarter of an hour,
// and the person may just have mended the cause. Any change of the ReplicaSet
// makes it look. Who may not change one sees the old refusal.
func (w *Waiter) nudge(ctx context.Context, s state) bool {
	if w.nudged || !s.refusedAt.Before(w.start) {
		return false
	}
	w.nudged, w.since = true, w.clock.Now()
	patch := fmt.Sprintf(`{"metadata":{"annotations":{%q:%q}}}`, names.AnnotationRetried, w.start.UTC().Format(time.RFC3339))
	_, err := w.typed.AppsV1().ReplicaSets(w.target.Namespace).Patch(ctx, s.set, types.MergePatchType, []byte(patch),
		metav1.PatchOptions{FieldManager: names.ManagedBy})
	return err == nil
}

func (w *Waiter) fail(s state, detail string) error {
	text := s.text
	if detail != "" && !strings.Contains(text, detail) {
		text += ": " + detail
	}
	return fmt.Errorf("%q in namespace %q does not start: %s", w.target.Participant, w.target.Namespace, text)
}

// unschedulable looks whether it is the workspace claim that holds the pod up.
func (w *Waiter) unschedulable(ctx context.Context, s state) error {
	if !strings.Contains(strings.ToLower(s.detail), "persistentvolumeclaim") {
		return w.fail(s, "")
	}
	for _, v := range s.pod.Spec.Volumes {
		if v.PersistentVolumeClaim == nil {
			continue
		}
		claim, err := w.typed.CoreV1().PersistentVolumeClaims(s.pod.Namespace).Get(ctx, v.PersistentVolumeClaim.ClaimName, metav1.GetOptions{})
		if err != nil || claim.Status.Phase != corev1.ClaimPending {
			continue
		}
		if why := w.pendingClaim(ctx, claim); why != "" {
			return w.fail(state{text: why}, "")
		}
	}
	return w.fail(s, "")
}

// pendingClaim says why a claim stays pending. A claim's class cannot be
// changed, hence the advice to delete it.
func (w *Waiter) pendingClaim(ctx context.Context, claim *corev1.PersistentVolumeClaim) string {
	advice := fmt.Sprintf("give --storage-class NAME (`kubectl get storageclass` lists them), after `kubectl delete persistentvolumeclaim %s -n %s`",
		claim.Name, claim.Namespace)
	class := claim.Spec.StorageClassName
	if class == nil || *class == "" {
		return "its workspace claim is pending, and the cluster has no default StorageClass: " + advice
	}
	_, err := w.typed.StorageV1().StorageClasses().Get(ctx, *class, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return fmt.Sprintf("its workspace claim is pending, and there is no StorageClass %q: %s", *class, advice)
	}
	return ""
}

// evidence is what the pod itself said last: the end of its log and the last
// warning about it.
func (w *Waiter) evidence(ctx context.Context, pod *corev1.Pod, opts *corev1.PodLogOptions) error {
	var found []error
	if text := w.tail(ctx, pod, opts); text != "" {
		found = append(found, fmt.Errorf("the last lines of its log:\n%s", text))
	}
	if text := w.lastWarning(ctx, pod); text != "" {
		found = append(found, fmt.Errorf("the last warning about the pod: %s", text))
	}
	return errors.Join(found...)
}

// tail is the last ten lines of a log, indented; empty when there are none or
// they may not be read.
func (w *Waiter) tail(ctx context.Context, pod *corev1.Pod, opts *corev1.PodLogOptions) string {
	opts.TailLines, opts.LimitBytes = new(int64(10)), new(int64(64<<10))
	stream, err := w.typed.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, opts).Stream(ctx)
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

func (w *Waiter) lastWarning(ctx context.Context, pod *corev1.Pod) string {
	list, err := w.typed.CoreV1().Events(pod.Namespace).List(ctx, metav1.ListOptions{
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
