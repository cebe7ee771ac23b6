package rollout

import (
	"context"
	"errors"
	"io"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// crashed is final unless the participant's server does not take it for a reason that passes: the
// kubelet goes on to start the container.
func (f *follower) crashed(ctx context.Context, s state) error {
	rejection := f.rejection(ctx, s, &corev1.PodLogOptions{Previous: true})
	if f.clock.Since(f.start) < rejection.Passes {
		return nil
	}
	return errors.Join(f.fail(s), f.evidence(ctx, s, &corev1.PodLogOptions{Previous: true}))
}

// rejectionLines is how many lines of a log may follow the one with the reason.
const rejectionLines = 100

// rejection is the last one in a pod's log, or the zero value.
func (f *follower) rejection(ctx context.Context, s state, opts *corev1.PodLogOptions) workloads.Rejection {
	var last workloads.Rejection
	if f.target.Rejecter == nil {
		return last
	}
	lines := *opts
	lines.Container, lines.TailLines, lines.LimitBytes = containerOf(s), new(int64(rejectionLines)), new(int64(64<<10))
	stream, err := f.typed.CoreV1().Pods(s.pod.Namespace).GetLogs(s.pod.Name, &lines).Stream(ctx)
	if err != nil {
		return last
	}
	defer func() { _ = stream.Close() }()
	_ = workloads.ReadLog(io.LimitReader(stream, 64<<10), func(line string) {
		if r, ok := f.target.Rejecter.Rejection(line); ok {
			last = r
		}
	})
	return last
}
