package participants

import (
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

const (
	// logLimit bounds, in bytes, what is read of one log or body.
	logLimit = 1 << 20
	// rotatedAfter is how much later than the container a log may begin; if it begins
	// later than that, its beginning is missing.
	rotatedAfter = time.Minute
	tailLines    = 2000
)

// Look is a workloads.Prober that looks once.
type Look struct {
	Typed kubernetes.Interface
	Pod   *corev1.Pod
}

// Log looks at the beginning of the log, where most participants say that they have
// joined, and then at its end. If neither has the line, and the part between them was not
// read or was rotated away, the answer is unknown.
func (l Look) Log(ctx context.Context, container string, match func(line string) bool) (workloads.Joining, error) {
	started, ok := l.runningSince(container)
	if !ok {
		return workloads.NotJoined, nil
	}
	head, err := l.read(ctx, &corev1.PodLogOptions{Container: container, Timestamps: true})
	if err != nil {
		return workloads.JoiningUnknown, err
	}
	if anyLine(head, match) {
		return workloads.Joined, nil
	}
	if len(head) < logLimit && !rotated(head, started) {
		return workloads.NotJoined, nil
	}
	tail, err := l.read(ctx, &corev1.PodLogOptions{Container: container, TailLines: new(int64(tailLines))})
	if err == nil && anyLine(tail, match) {
		return workloads.Joined, nil
	}
	return workloads.JoiningUnknown, err
}

// HTTP sends a request through the API server. If the container does not answer yet, it
// has not joined; that is not an error.
func (l Look) HTTP(ctx context.Context, port int, path string, match func(body []byte) bool) (workloads.Joining, error) {
	body, err := l.Typed.CoreV1().RESTClient().Get().Namespace(l.Pod.Namespace).Resource("pods").
		SubResource("proxy").Name(fmt.Sprintf("%s:%d", l.Pod.Name, port)).Suffix(path).DoRaw(ctx)
	switch {
	case apierrors.IsForbidden(err), errors.Is(err, context.Canceled), errors.Is(err, context.DeadlineExceeded):
		return workloads.JoiningUnknown, err
	case match(body):
		return workloads.Joined, nil
	}
	return workloads.NotJoined, nil
}

func (l Look) runningSince(container string) (time.Time, bool) {
	for _, c := range l.Pod.Status.ContainerStatuses {
		if c.Name == container && c.State.Running != nil {
			return c.State.Running.StartedAt.Time, true
		}
	}
	return time.Time{}, false
}

func (l Look) read(ctx context.Context, opts *corev1.PodLogOptions) ([]byte, error) {
	opts.LimitBytes = new(int64(logLimit))
	stream, err := l.Typed.CoreV1().Pods(l.Pod.Namespace).GetLogs(l.Pod.Name, opts).Stream(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = stream.Close() }()
	return io.ReadAll(io.LimitReader(stream, logLimit))
}

func anyLine(log []byte, match func(line string) bool) bool {
	for line := range bytes.Lines(log) {
		if match(string(line)) {
			return true
		}
	}
	return false
}

// rotated compares the first line's time with the container's start.
func rotated(log []byte, started time.Time) bool {
	line, _, _ := bufio.NewReader(bytes.NewReader(log)).ReadLine()
	stamp, _, _ := bytes.Cut(line, []byte(" "))
	first, err := time.Parse(time.RFC3339Nano, string(stamp))
	return err == nil && first.After(started.Add(rotatedAfter))
}
