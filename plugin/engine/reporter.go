package engine

import (
	"fmt"
	"io"
	"sync"

	"k8s.io/cli-runtime/pkg/genericiooptions"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
)

// Reporter tells a person how far a plan is: a line for each object when it was
// written, progress of long work, notes and warnings. Standard output is left alone
// where that is for machines. It may be used concurrently; each line comes out
// whole. The zero value is silent.
type Reporter struct {
	printer *output.Printer
	streams genericiooptions.IOStreams
	mu      sync.Mutex
}

// NewReporter makes a Reporter for a command with that printer.
func NewReporter(p *output.Printer, streams genericiooptions.IOStreams) *Reporter {
	return &Reporter{printer: p, streams: streams}
}

// Print prints the changes of a plan, unless Run has printed them already.
func (r *Reporter) Print(changes ChangeSet) error {
	if r.printer == nil || r.streaming() {
		return nil
	}
	return r.printer.Changes(r.streams.Out, changes.Lines())
}

// streaming says whether changes are printed as they are made.
func (r *Reporter) streaming() bool {
	return r.printer != nil && r.printer.Streaming()
}

// changed prints changes that have just been made.
func (r *Reporter) changed(changes ChangeSet) {
	if !r.streaming() || len(changes) == 0 {
		return
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	// What cannot be printed cannot be reported either.
	_ = r.printer.Changes(r.streams.Out, changes.Lines())
}

// Write implements io.Writer, for lines of progress.
func (r *Reporter) Write(line []byte) (int, error) {
	if r.printer == nil {
		return len(line), nil
	}
	r.mu.Lock()
	defer r.mu.Unlock()
	return r.printer.Progress(r.streams).Write(line)
}

// Progress reports how far long work is.
func (r *Reporter) Progress(format string, args ...any) { _, _ = fmt.Fprintf(r, format+"\n", args...) }

// Note reports what a person should know.
func (r *Reporter) Note(format string, args ...any) { r.aside("Note: ", format, args) }

// Warn reports what may be wrong.
func (r *Reporter) Warn(format string, args ...any) { r.aside("Warning: ", format, args) }

func (r *Reporter) aside(prefix, format string, args []any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.streams.ErrOut != nil {
		_, _ = fmt.Fprintf(r.streams.ErrOut, prefix+format+"\n", args...)
	}
}

// Warnings is the writer for warnings of others' wording.
func (r *Reporter) Warnings() io.Writer {
	if r.streams.ErrOut == nil {
		return io.Discard
	}
	return r.streams.ErrOut
}
