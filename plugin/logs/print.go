package logs

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"sync"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/cli-runtime/pkg/printers"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/ansi"
)

// maxLine is how much of a line is printed at once if several logs are printed: a longer
// line is broken there.
const maxLine = 64 << 10

// print prints one log unchanged, and several with prefixes: one after the other, or all
// at once if they are followed.
func (o *Options) print(ctx context.Context, typed kubernetes.Interface, sources []source) error {
	if len(sources) == 1 {
		return o.stream(ctx, typed, sources[0], func(log io.Reader) error {
			_, err := io.Copy(o.Out, log)
			return err
		})
	}
	out := &lines{to: o.Out}
	errs := make([]error, len(sources))
	var wg sync.WaitGroup
	for i, s := range sources {
		wg.Go(func() {
			errs[i] = o.stream(ctx, typed, s, func(log io.Reader) error { return out.copy(s.prefix(), log) })
		})
		if !o.Follow {
			wg.Wait()
		}
	}
	wg.Wait()
	return errors.Join(errs...)
}

// stream passes a log on, without colors unless it goes to a terminal.
func (o *Options) stream(ctx context.Context, typed kubernetes.Interface, s source, print func(io.Reader) error) error {
	log, err := typed.CoreV1().Pods(s.namespace).GetLogs(s.pod, o.logOptions(s.container)).Stream(ctx)
	if apierrors.IsBadRequest(err) {
		return fmt.Errorf("%q has no such log yet: %w", o.Participant, err)
	}
	if err != nil {
		return err
	}
	defer func() { _ = log.Close() }()
	if printers.IsTerminal(o.Out) {
		return print(log)
	}
	plain, in := io.Pipe()
	go func() {
		colourless := ansi.NewWriter(in)
		_, err := io.Copy(colourless, log)
		in.CloseWithError(errors.Join(err, colourless.Close()))
	}()
	defer plain.Close()
	return print(plain)
}

// lines writes the lines of several logs without mixing them.
type lines struct {
	mu sync.Mutex
	to io.Writer
}

func (l *lines) copy(prefix string, log io.Reader) error {
	in := bufio.NewReaderSize(log, maxLine)
	for {
		line, _, err := in.ReadLine()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		if err := l.write(prefix, line); err != nil {
			return err
		}
	}
}

func (l *lines) write(prefix string, line []byte) error {
	l.mu.Lock()
	defer l.mu.Unlock()
	_, err := fmt.Fprintf(l.to, "%s%s\n", prefix, line)
	return err
}
