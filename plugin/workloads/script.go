package workloads

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"

	"github.com/kubectl-flare/kubectl-flare/plugin/ansi"
)

// Script is a framework's own program in the pod of an operator, as its driver runs it. It
// writes events of the type E to standard output, one JSON object on each line.
type Script[E any] struct {
	Session
	// Pod is the pod in messages, such as "admin's pod".
	Pod string
	// Args are the arguments with which the pod's program runs the script. A verb and its own
	// arguments follow.
	Args []string
	// Failure is the error that an event reports, or nil. The script ends with it.
	Failure func(E) error
}

// MaxEvent bounds one event: a list of several thousand jobs fits, and so does a log.
const MaxEvent = 16 << 20

// Exec runs a verb whose output is not events.
func (s Script[E]) Exec(ctx context.Context, stdin io.Reader, stdout func(io.Reader) error, words ...string) error {
	err := s.Session.Exec(ctx, Command{Args: append(append([]string(nil), s.Args...), words...), Stdin: stdin, Stdout: stdout})
	if exit, ok := errors.AsType[*ExitError](err); ok {
		return fmt.Errorf("in the %s, Python ended with exit code %d: %s", s.Pod, exit.Code, ansi.Strip(exit.Stderr))
	}
	return err
}

// Run runs a verb and passes on its events until it ends. Without any event, its error is
// ErrInterrupted.
func (s Script[E]) Run(ctx context.Context, stdin io.Reader, visit func(E) error, words ...string) error {
	return s.Exec(ctx, stdin, func(out io.Reader) error { return s.read(out, visit) }, words...)
}

// Last runs a verb that has succeeded only if one of its events is the one that is asked for,
// and returns that event.
func (s Script[E]) Last(ctx context.Context, stdin io.Reader, is func(E) bool, words ...string) (E, error) {
	var last E
	found := false
	err := s.Run(ctx, stdin, func(e E) error {
		if is(e) {
			last, found = e, true
		}
		return nil
	}, words...)
	if err == nil && !found {
		err = ErrInterrupted
	}
	return last, err
}

func (s Script[E]) read(stream io.Reader, visit func(E) error) error {
	lines := bufio.NewScanner(stream)
	lines.Buffer(make([]byte, 0, 64<<10), MaxEvent)
	answered := false
	for lines.Scan() {
		var e E
		if err := json.Unmarshal(lines.Bytes(), &e); err != nil {
			return fmt.Errorf("the output of the %s cannot be read: %w", s.Pod, err)
		}
		answered = true
		if err := s.Failure(e); err != nil {
			return err
		}
		if err := visit(e); err != nil {
			return err
		}
	}
	if err := lines.Err(); err != nil || answered {
		return err
	}
	return ErrInterrupted
}
