package rollout

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"

	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/nvflare"
)

// joined is what following one container's log has come to.
type joined struct {
	container string
	err       error // nil: it has registered
}

// errForgotten says that a client has run for so long that its log no longer
// holds the line.
var errForgotten = errors.New("the log no longer holds its beginning")

// follow reads the log of the state's container, once for each container: that
// a client has registered stands nowhere else on its side.
func (w *Waiter) follow(ctx context.Context, s state) {
	if w.followed[s.container] {
		return
	}
	w.followed[s.container] = true
	pod, container := s.pod, s.container
	go func() {
		err := w.awaitRegistration(ctx, pod)
		if err != nil {
			// The log is asked for again at the next look, not at once.
			select {
			case <-w.clock.After(time.Second):
			case <-ctx.Done():
			}
		}
		select {
		case w.joined <- joined{container, err}:
		case <-ctx.Done():
		}
	}()
}

// awaitRegistration looks at what is there first: a client that registered long
// ago may have no line in its log any more to wait for.
func (w *Waiter) awaitRegistration(ctx context.Context, pod *corev1.Pod) error {
	switch participants.ReadRegistration(ctx, w.typed, pod, w.target.Participant, w.target.Federation) {
	case participants.Registered:
		return nil
	case participants.RegistrationUnknown:
		return w.askAgain(ctx, pod)
	case participants.NotRegistered:
	}
	stream, err := w.openLog(ctx, pod, &corev1.PodLogOptions{Follow: true})
	if err != nil {
		return err
	}
	defer func() { _ = stream.Close() }()
	return scanRegistration(stream, w.target.Participant, w.target.Federation)
}

// askAgain tells a log that cannot be read, which is an error, from one that no
// longer has its beginning.
func (w *Waiter) askAgain(ctx context.Context, pod *corev1.Pod) error {
	stream, err := w.openLog(ctx, pod, &corev1.PodLogOptions{TailLines: new(int64(1))})
	if err != nil {
		return err
	}
	_ = stream.Close()
	return errForgotten
}

func (w *Waiter) openLog(ctx context.Context, pod *corev1.Pod, opts *corev1.PodLogOptions) (io.ReadCloser, error) {
	return w.typed.CoreV1().Pods(pod.Namespace).GetLogs(pod.Name, opts).Stream(ctx)
}

// scanRegistration reads until the line comes. A line longer than the buffer
// comes in parts; the one looked for is short.
func scanRegistration(log io.Reader, participant, federation string) error {
	lines := bufio.NewReaderSize(log, 64<<10)
	for {
		line, _, err := lines.ReadLine()
		if nvflare.Registered(string(line), participant, federation) {
			return nil
		}
		if err != nil {
			return err
		}
	}
}

// note takes in what a followed log has come to. Most errors pass: a stream
// breaks, a container ends, a kubelet is not ready; it is followed anew.
func (w *Waiter) note(j joined) error {
	switch {
	case j.err == nil, errors.Is(j.err, errForgotten):
		w.member, w.forgotten = j.container, j.err != nil
	case apierrors.IsForbidden(j.err):
		return fmt.Errorf("%q runs; whether it has registered cannot be told, since you may not read its log (pods/log): %w", w.target.Participant, j.err)
	default:
		delete(w.followed, j.container)
	}
	return nil
}
