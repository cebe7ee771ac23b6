package participants

import (
	"bufio"
	"bytes"
	"context"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/nvflare"
)

// Registration says whether a client has registered with its server.
type Registration string

// The answers. Only the client's log tells, and it may have been rotated away.
const (
	Registered          Registration = "yes"
	NotRegistered       Registration = "no"
	RegistrationUnknown Registration = "unknown"
)

const (
	// logLimit bounds what is read of one log.
	logLimit = 1 << 20
	// rotatedAfter is how much later than the container's start a log may
	// begin; when it begins later than that, its beginning is gone.
	rotatedAfter = time.Minute
	tailLines    = 2000
)

// ReadRegistration looks in the log of the pod's first container: at its
// beginning, where the line mostly is, and failing that at its end.
func ReadRegistration(ctx context.Context, typed kubernetes.Interface, pod *corev1.Pod, participant, federation string) Registration {
	started, ok := runningSince(pod)
	if !ok {
		return NotRegistered
	}
	head, err := readLog(ctx, typed, pod, &corev1.PodLogOptions{Timestamps: true})
	if err != nil {
		return RegistrationUnknown
	}
	if registeredIn(head, participant, federation) {
		return Registered
	}
	if len(head) < logLimit && !rotated(head, started) {
		return NotRegistered
	}
	tail, err := readLog(ctx, typed, pod, &corev1.PodLogOptions{TailLines: new(int64(tailLines))})
	if err == nil && registeredIn(tail, participant, federation) {
		return Registered
	}
	return RegistrationUnknown
}

func runningSince(pod *corev1.Pod) (time.Time, bool) {
	if len(pod.Status.ContainerStatuses) == 0 || pod.Status.ContainerStatuses[0].State.Running == nil {
		return time.Time{}, false
	}
	return pod.Status.ContainerStatuses[0].State.Running.StartedAt.Time, true
}

func readLog(ctx context.Context, typed kubernetes.Interface, pod *corev1.Pod, opts *corev1.PodLogOptions) ([]byte, error) {
	opts.LimitBytes = new(int64(logLimit))
	stream, err := typed.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, opts).Stream(ctx)
	if err != nil {
		return nil, err
	}
	defer func() { _ = stream.Close() }()
	return io.ReadAll(io.LimitReader(stream, logLimit))
}

func registeredIn(log []byte, participant, federation string) bool {
	for line := range bytes.Lines(log) {
		if nvflare.Registered(string(line), participant, federation) {
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
