// Package helperpod runs pods for as long as a command needs them, and connects to them.
package helperpod

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/fields"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/watch"
	"k8s.io/client-go/kubernetes"
	"k8s.io/client-go/tools/cache"
	watchtools "k8s.io/client-go/tools/watch"

	"github.com/kubectl-flare/kubectl-flare/plugin/podstate"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Start is how long a pod may take to start; pulling a large image for the first
// time takes minutes.
const Start = 5 * time.Minute

// Runner runs pods.
type Runner struct {
	Typed  kubernetes.Interface
	ErrOut io.Writer
	// What is the pod's name in messages, such as "admin pod"; Holds says why a pod
	// that could not be deleted matters.
	What, Holds string
}

// With calls do with a running pod and deletes the pod afterwards, also if the user
// interrupts the command. Its errors are the cluster's own.
func (r Runner) With(ctx context.Context, pod *corev1.Pod, do func(*corev1.Pod) error) error {
	made, err := r.Typed.CoreV1().Pods(pod.Namespace).Create(ctx, pod, metav1.CreateOptions{FieldManager: names.ManagedBy})
	if err != nil {
		return err
	}
	defer r.delete(context.WithoutCancel(ctx), made)
	if err := r.awaitRunning(ctx, made); err != nil {
		return err
	}
	return do(made)
}

func (r Runner) delete(ctx context.Context, pod *corev1.Pod) {
	ctx, cancel := context.WithTimeout(ctx, 10*time.Second)
	defer cancel()
	// The process has nothing to clean up.
	err := r.Typed.CoreV1().Pods(pod.Namespace).Delete(ctx, pod.Name, *metav1.NewDeleteOptions(0))
	if err != nil {
		_, _ = fmt.Fprintf(r.ErrOut, "Warning: %s %s/%s could not be deleted and %s; delete it: %v\n", r.What, pod.Namespace, pod.Name, r.Holds, err)
	}
}

// awaitRunning follows the pod until its container runs, or cannot.
func (r Runner) awaitRunning(ctx context.Context, pod *corev1.Pod) error {
	ctx, cancel := context.WithTimeout(ctx, Start)
	defer cancel()
	var last podstate.State
	err := r.follow(ctx, pod, func(current *corev1.Pod) (running bool, err error) {
		last, err = assess(r.What, current)
		return last.Running, err
	})
	if err != nil && ctx.Err() != nil {
		return fmt.Errorf("%s %s did not start within %s: %s", r.What, pod.Name, Start, last)
	}
	return err
}

// Ended follows the pod until it has ended, and returns it.
func (r Runner) Ended(ctx context.Context, pod *corev1.Pod) (*corev1.Pod, error) {
	var last *corev1.Pod
	err := r.follow(ctx, pod, func(current *corev1.Pod) (bool, error) {
		last = current
		return current.Status.Phase == corev1.PodSucceeded || current.Status.Phase == corev1.PodFailed, nil
	})
	return last, err
}

func (r Runner) follow(ctx context.Context, pod *corev1.Pod, done func(*corev1.Pod) (bool, error)) error {
	pods := r.Typed.CoreV1().Pods(pod.Namespace)
	selector := fields.OneTermEqualSelector("metadata.name", pod.Name).String()
	lw := &cache.ListWatch{
		ListWithContextFunc: func(ctx context.Context, o metav1.ListOptions) (runtime.Object, error) {
			o.FieldSelector = selector
			return pods.List(ctx, o)
		},
		WatchFuncWithContext: func(ctx context.Context, o metav1.ListOptions) (watch.Interface, error) {
			o.FieldSelector = selector
			return pods.Watch(ctx, o)
		},
	}
	_, err := watchtools.UntilWithSync(ctx, lw, &corev1.Pod{}, nil, func(e watch.Event) (bool, error) {
		current, ok := e.Object.(*corev1.Pod)
		if !ok || e.Type == watch.Deleted {
			return false, errors.New("the " + r.What + " was deleted while it was in use")
		}
		return done(current)
	})
	return err
}
