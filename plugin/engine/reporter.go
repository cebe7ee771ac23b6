package engine

import (
	"fmt"
	"io"
	"sync"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
)

// Reporter reports the progress of a plan: a line for each object that has been written,
// progress of long steps, notes and warnings. It does not write to standard output if that
// is for machines. It is safe for concurrent use, and does not mix lines. The zero value is
// silent.
type Reporter struct {
	printer *output.Printer
	streams genericiooptions.IOStreams
	// subject begins lines that do not say what they are about, and about is that without
	// punctuation.
	subject, about string
	// board shows what happens in place of lines; nil if there is none.
	board Board
	mu    *sync.Mutex
}

// NewReporter makes a Reporter for a command with that printer.
func NewReporter(p *output.Printer, streams genericiooptions.IOStreams) *Reporter {
	return &Reporter{printer: p, streams: streams, mu: &sync.Mutex{}}
}

// For is the reporter of one of several plans that run at once: its lines say which one they
// are about.
func (r *Reporter) For(subject string) *Reporter {
	if r == nil || r.printer == nil {
		return r
	}
	return &Reporter{printer: r.printer, streams: r.streams, subject: subject + ": ", about: subject, board: r.board, mu: r.mu}
}

// Print prints the changes of a plan, unless Run has printed them.
func (r *Reporter) Print(changes ChangeSet) error {
	if r.printer == nil || r.streaming() {
		return nil
	}
	return r.printer.Changes(r.streams, changes.Lines())
}

// streaming says whether changes are printed as they happen.
func (r *Reporter) streaming() bool {
	return r.printer != nil && r.printer.Streaming()
}

// changed prints changes that have just happened.
func (r *Reporter) changed(changes ChangeSet) {
	if !r.streaming() || len(changes) == 0 {
		return
	}
	if last := changes[len(changes)-1]; r.detail(last.Name + " " + string(last.Action)) {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	lines := changes.Lines()
	for i := range lines {
		lines[i].Name = r.subject + lines[i].Name
	}
	// An error of printing cannot be reported either.
	_ = r.printer.Changes(r.streams, lines)
}

// Write implements io.Writer, for lines of progress.
func (r *Reporter) Write(line []byte) (int, error) {
	if r.printer == nil || r.detail(string(line)) {
		return len(line), nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.printer.Progress(r.streams).Write(line)
}

// Progress reports the progress of a long step.
func (r *Reporter) Progress(format string, args ...any) { _, _ = fmt.Fprintf(r, format+"\n", args...) }

// Note reports what the user should know.
func (r *Reporter) Note(format string, args ...any) { r.aside("Note: ", format, args) }

// Warn reports a possible problem.
func (r *Reporter) Warn(format string, args ...any) { r.aside("Warning: ", format, args) }

func (r *Reporter) aside(prefix, format string, args []any) {
	if r.streams.ErrOut == nil {
		return
	}
	r.apart(func() { _, _ = fmt.Fprint(r.streams.ErrOut, prefix+r.subject+fmt.Sprintf(format, args...)+"\n") })
}

// Warnings is the writer for warnings that are already formatted.
func (r *Reporter) Warnings() io.Writer {
	if r.streams.ErrOut == nil {
		return io.Discard
	}
	return r.streams.ErrOut
}

// Asides is the writer for notes and warnings of a plan that are already formatted: each
// write is a line.
func (r *Reporter) Asides() io.Writer { return asides{r} }

type asides struct{ r *Reporter }

// Write implements io.Writer.
func (a asides) Write(line []byte) (int, error) {
	r := a.r
	if r.streams.ErrOut == nil {
		return len(line), nil
	}
	var err error
	r.apart(func() { _, err = io.WriteString(r.streams.ErrOut, r.subject+string(line)) })
	return len(line), err
}
