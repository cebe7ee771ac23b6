package up

import (
	"bytes"
	"fmt"
	"io"
	"slices"
	"strings"
	"sync"
	"time"

	"k8s.io/cli-runtime/pkg/printers"
	"k8s.io/kubectl/pkg/util/term"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
)

// refresh is how often a table is drawn again at most.
const refresh = 100 * time.Millisecond

// board is a table on a terminal: a line for each participant, with the step that it has come
// to. If there are more than the terminal has lines for, those that are done or have not
// begun are only counted.
type board struct {
	out  io.Writer
	size func() (width, height int)

	mu    sync.Mutex
	rows  []*row
	index map[string]*row
	drawn int // lines
	stop  chan struct{}
	ended chan struct{}
}

type row struct{ name, at, step, detail string }

// newBoard is nil if out is no terminal.
func newBoard(out io.Writer, all []member, clk clock.WithTicker) *board {
	tty := term.TTY{Out: out}
	if !tty.IsTerminalOut() {
		return nil
	}
	b := &board{out: out, index: map[string]*row{}, stop: make(chan struct{}), ended: make(chan struct{}), size: func() (int, int) {
		if size := tty.GetSize(); size != nil {
			return int(size.Width), int(size.Height)
		}
		return 80, 24
	}}
	b.add(all)
	go b.run(clk.NewTicker(refresh))
	return b
}

func (b *board) add(all []member) {
	for _, m := range all {
		r := &row{name: m.Name, at: m.site().String()}
		if m.apart {
			r.at, r.step = "", "elsewhere"
		}
		b.rows, b.index[m.Name] = append(b.rows, r), r
	}
}

func (b *board) run(ticker clock.Ticker) {
	defer close(b.ended)
	defer ticker.Stop()
	for {
		select {
		case <-ticker.C():
			b.draw()
		case <-b.stop:
			b.draw()
			return
		}
	}
}

// close leaves the last state of the table on the terminal.
func (b *board) close() {
	close(b.stop)
	<-b.ended
}

// Step implements engine.Board.
func (b *board) Step(subject, step, detail string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r := b.index[subject]; r != nil {
		r.step, r.detail = step, detail
	}
}

// Detail implements engine.Board.
func (b *board) Detail(subject, text string) {
	b.mu.Lock()
	defer b.mu.Unlock()
	if r := b.index[subject]; r != nil {
		r.detail = text
	}
}

// Aside implements engine.Board.
func (b *board) Aside(write func()) {
	b.mu.Lock()
	defer b.mu.Unlock()
	b.erase()
	write()
}

func (b *board) draw() {
	b.mu.Lock()
	defer b.mu.Unlock()
	width, height := b.size()
	text := b.text(width, height)
	b.erase()
	b.drawn = strings.Count(text, "\n")
	_, _ = io.WriteString(b.out, text)
}

// erase moves the cursor to where the table began, and clears from there.
func (b *board) erase() {
	if b.drawn > 0 {
		_, _ = fmt.Fprintf(b.out, "\x1b[%dA\x1b[J", b.drawn)
	}
	b.drawn = 0
}

// text is the table, with lines that fit.
func (b *board) text(width, height int) string {
	shown := b.rows
	if len(shown)+2 > height {
		shown = b.current(height - 3)
	}
	var table bytes.Buffer
	w := printers.GetNewTabWriter(&table)
	_, _ = fmt.Fprintln(w, "PARTICIPANT\tWHERE\tSTEP\tDETAIL")
	for _, r := range shown {
		first, _, _ := strings.Cut(r.detail, "\n")
		_, _ = fmt.Fprintf(w, "%s\t%s\t%s\t%s\n", r.name, r.at, r.step, first)
	}
	_ = w.Flush() // into memory
	var lines strings.Builder
	for line := range strings.Lines(table.String()) {
		lines.WriteString(cut(strings.TrimRight(line, " \n"), width-1) + "\n")
	}
	if len(shown) < len(b.rows) {
		lines.WriteString(cut(b.counts(), width-1) + "\n")
	}
	return lines.String()
}

// current are the rows that matter now: first what has failed, then what is being worked on.
func (b *board) current(most int) []*row {
	var failed, working []*row
	for _, r := range b.rows {
		switch r.step {
		case engine.StepFailed:
			failed = append(failed, r)
		case "", engine.StepDone, "elsewhere":
		default:
			working = append(working, r)
		}
	}
	all := slices.Concat(failed, working)
	return all[:min(len(all), max(most, 1))]
}

func (b *board) counts() string {
	done, failed, pending := 0, 0, 0
	for _, r := range b.rows {
		switch r.step {
		case engine.StepDone:
			done++
		case engine.StepFailed:
			failed++
		case "":
			pending++
		}
	}
	return fmt.Sprintf("%d participants: %d done, %d failed, %d to come", len(b.rows), done, failed, pending)
}

func cut(line string, width int) string {
	runes := []rune(line)
	if width <= 1 || len(runes) <= width {
		return line
	}
	return string(runes[:width-1]) + "…"
}
