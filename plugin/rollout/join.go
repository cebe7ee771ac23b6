package rollout

import (
	"bufio"
	"context"
	"fmt"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// retryPause is the pause before a failed probe is repeated.
const retryPause = time.Second

// answer is the result of a probe of one run of a follower's pod.
type answer struct {
	follower *follower
	run      string
	joining  workloads.Joining
	err      error
	// rejection is why the server does not take the pod. The probe goes on.
	rejection *workloads.Rejection
}

// ask starts a probe that looks whether the pod of the state has joined, one for each
// run of its containers.
func (f *follower) ask(ctx context.Context, s state) {
	if f.asked == s.Run {
		return
	}
	if f.stop != nil {
		f.stop()
	}
	f.asked = s.Run
	ctx, f.stop = context.WithCancel(ctx)
	member := workloads.Member{Participant: f.target.Participant, Federation: f.target.Federation, Workload: f.workload, Pod: s.pod}
	prober := await{Look: participants.Look{Typed: f.typed, Pod: s.pod}, clock: f.clock, seen: f.watchFor(ctx, s.Run)}
	go func() {
		joining, err := f.target.Joiner.Joined(ctx, member, prober)
		if joining == workloads.NotJoined || err != nil {
			_ = prober.pause(ctx)
		}
		f.answer(ctx, answer{follower: f, run: s.Run, joining: joining, err: err})
	}()
}

func (f *follower) answer(ctx context.Context, a answer) {
	select {
	case f.answers <- a:
	case <-ctx.Done():
	}
}

// note handles an answer. Most errors are temporary, such as a broken stream, a
// container that has ended, or a kubelet that is not ready; the probe is repeated.
func (f *follower) note(a answer) error {
	switch {
	case a.rejection != nil:
		f.reject(a.run, *a.rejection)
	case apierrors.IsForbidden(a.err):
		return fmt.Errorf("%s is running, but you may not read its log (pods/log), which shows whether it has registered: %w", f.subject(), a.err)
	case a.err != nil, a.joining == workloads.NotJoined:
		if f.asked == a.run {
			f.asked = ""
		}
	default:
		f.joined, f.unknown = a.run, a.joining == workloads.JoiningUnknown
	}
	return nil
}

// await is a workloads.Prober that waits until it finds what it looks for.
type await struct {
	participants.Look
	clock clock.WithTicker
	// seen is called with each line of a log that is looked at.
	seen func(line string)
}

// Log reads the existing log first: if a participant joined long ago, no further line
// may come. Then it follows the log.
func (a await) Log(ctx context.Context, container string, wanted func(line string) bool) (workloads.Joining, error) {
	match := func(line string) bool {
		a.seen(line)
		return wanted(line)
	}
	joining, err := a.Look.Log(ctx, container, match)
	if err != nil || joining != workloads.NotJoined {
		return joining, err
	}
	stream, err := a.Typed.CoreV1().Pods(a.Pod.Namespace).GetLogs(a.Pod.Name, &corev1.PodLogOptions{Container: container, Follow: true}).Stream(ctx)
	if err != nil {
		return workloads.NotJoined, err
	}
	defer func() { _ = stream.Close() }()
	return scan(stream, match)
}

// scan reads until a line matches. A line longer than the buffer comes in parts; the
// lines to find are short.
func scan(log io.Reader, match func(line string) bool) (workloads.Joining, error) {
	lines := bufio.NewReaderSize(log, 64<<10)
	for {
		line, _, err := lines.ReadLine()
		if match(string(line)) {
			return workloads.Joined, nil
		}
		if err != nil {
			return workloads.NotJoined, err
		}
	}
}

// HTTP sends a request every second.
func (a await) HTTP(ctx context.Context, port int, path string, match func(body []byte) bool) (workloads.Joining, error) {
	for {
		joining, err := a.Look.HTTP(ctx, port, path, match)
		if err != nil || joining != workloads.NotJoined {
			return joining, err
		}
		if err := a.pause(ctx); err != nil {
			return workloads.NotJoined, err
		}
	}
}

func (a await) pause(ctx context.Context) error {
	select {
	case <-a.clock.After(retryPause):
		return nil
	case <-ctx.Done():
		return ctx.Err()
	}
}
