package rollout

import (
	"context"
	"errors"
	"fmt"
	"io"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// watchFor looks in the lines of the log of a run for the first one that says that the server does
// not take it, and finds out why.
func (f *follower) watchFor(ctx context.Context, run string) func(line string) {
	found := false
	return func(line string) {
		if found || f.target.Rejecter == nil {
			return
		}
		if r, ok := f.target.Rejecter.Rejection(line); ok {
			found = true
			r = f.explain(ctx, r)
			f.answer(ctx, answer{follower: f, run: run, rejection: &r})
		}
	}
}

// explain is what the server itself says or, if that cannot be read, what the participant has logged.
func (f *follower) explain(ctx context.Context, told workloads.Rejection) workloads.Rejection {
	if told.Reason == "" || f.target.AskServer == nil {
		return told
	}
	if r := f.target.AskServer(ctx); r.Reason != "" {
		return r
	}
	return told
}

// reject reports a rejection at once, also if it may pass.
func (f *follower) reject(run string, r workloads.Rejection) {
	if f.rejection != r {
		f.print(r.Reason)
	}
	f.rejectedRun, f.rejection = run, r
}

// whyRejected is nil if the server has rejected no run.
func (f *follower) whyRejected() error {
	if f.rejection.Reason == "" {
		return nil
	}
	return errors.New(f.rejection.Reason)
}

// rejected is final if waiting does not help. A participant of which its server still knows an
// earlier run is started again, or tries again.
func (f *follower) rejected(ctx context.Context, s state) error {
	if f.rejectedRun != s.Run || f.clock.Since(f.start) < f.rejection.Passes {
		return nil
	}
	err := fmt.Errorf("%s in namespace %q is not registered: %s", f.subject(), f.target.Namespace, f.rejection.Reason)
	return errors.Join(err, f.evidence(ctx, s, &corev1.PodLogOptions{}))
}

// crashed is final unless the participant's server does not take it for a reason that passes: the
// kubelet goes on to start the container.
func (f *follower) crashed(ctx context.Context, s state) error {
	run := crash(s)
	if told := f.told(ctx, s, &corev1.PodLogOptions{Previous: true}); told.Reason != "" && f.rejectedRun != run {
		f.reject(run, f.explain(ctx, told))
	}
	switch {
	case f.rejectedRun != run:
		return errors.Join(f.fail(s), f.evidence(ctx, s, &corev1.PodLogOptions{Previous: true}))
	case f.clock.Since(f.start) < f.rejection.Passes:
		return nil
	}
	return errors.Join(f.fail(s), f.whyRejected(), f.evidence(ctx, s, &corev1.PodLogOptions{Previous: true}))
}

// crash identifies the run of a container that has ended, which State.Run does not.
func crash(s state) string {
	restarts := int32(0)
	for _, c := range s.pod.Status.ContainerStatuses {
		restarts += c.RestartCount
	}
	return fmt.Sprintf("%s crashed %d", s.pod.UID, restarts)
}

// rejectionLines is how many lines of a log may follow the one with the reason.
const rejectionLines = 100

// told is the last rejection in a pod's log, or the zero value.
func (f *follower) told(ctx context.Context, s state, opts *corev1.PodLogOptions) workloads.Rejection {
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
