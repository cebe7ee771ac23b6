package flower

import (
	"bufio"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/kubectl-flare/kubectl-flare/plugin/ansi"
)

// The parts of lines in which Flower says why a run failed. Source: run_serverapp.py,
// run_clientapp.py, strategy_utils.py, start_client_internal.py and run_superexec.py, 1.42.0.
const (
	raised      = "App raised an exception"
	traceback   = "Traceback (most recent call last):"
	errorReply  = "Received error in reply from node "
	notLaunched = "Executor failed to launch task_id "
	noCapacity  = "Executor rejected launch for task_id "
	reasonOf    = ". Reason: "
	taskExpiry  = " Existing task expiry handling will apply."
)

// ofRun is the header of what a SuperNode logs about a run.
var ofRun = regexp.MustCompile(`\[RUN ([0-9]+)\]$`)

const (
	// maxLogLine is how much of a line is read. The API server's answers are shorter.
	maxLogLine = 1 << 20
	// maxReasons is how many different reasons are read.
	maxReasons = 50
)

// Why finds the exceptions of a ClientApp of the run in the log of a SuperNode, and the pods
// that SuperExec could not start, such as those that the site's policy denies. SuperExec
// knows tasks only, and not their runs.
func (Workloads) Why(log io.Reader, job string) ([]string, error) {
	r := reasons{run: job}
	err := r.read(log, r.ofNode)
	return r.all, err
}

// reasons are found line by line.
type reasons struct {
	all []string
	// run is the run to look for, and current the run of the last header.
	run, current string
	// exception says that an exception follows, and inside that its traceback has begun.
	exception, inside bool
}

// ofRun reads the log of a run's ServerApp.
func (r *reasons) ofRun(log io.Reader) error { return r.read(log, r.ofServer) }

func (r *reasons) read(log io.Reader, visit func(line string)) error {
	lines := bufio.NewReaderSize(log, maxLogLine)
	for {
		line, more, err := lines.ReadLine()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		visit(strings.TrimRight(ansi.Strip(string(line)), " \t"))
		for more && err == nil { // the rest of a long line
			_, more, err = lines.ReadLine()
		}
	}
}

func (r *reasons) ofServer(line string) {
	if _, text, ok := strings.Cut(line, errorReply); ok {
		node, text, _ := strings.Cut(text, ": ")
		r.add("SuperNode " + node + ": " + text)
		return
	}
	r.traceback(line)
}

func (r *reasons) ofNode(line string) {
	if header := ofRun.FindStringSubmatch(line); header != nil {
		r.current, r.exception, r.inside = header[1], false, false
		return
	}
	for _, part := range []string{notLaunched, noCapacity} {
		if _, text, ok := strings.Cut(line, part); ok {
			task, text, _ := strings.Cut(text, reasonOf)
			r.add("task " + task + ", of this run or another, did not start: " + strings.TrimSuffix(text, taskExpiry))
			return
		}
	}
	if r.current == r.run {
		r.traceback(line)
	}
}

// traceback takes the first line after a traceback that is not indented: the exception.
func (r *reasons) traceback(line string) {
	switch {
	case strings.Contains(line, raised):
		r.exception, r.inside = true, false
	case !r.exception:
	case line == traceback:
		r.inside = true
	case r.inside && line != "" && !strings.HasPrefix(line, " "):
		r.add(line)
		r.exception, r.inside = false, false
	}
}

// add adds a reason without control characters, which a terminal would interpret: apps choose
// parts of the log.
func (r *reasons) add(reason string) {
	reason = strings.TrimSpace(strings.Map(printable, reason))
	if reason != "" && len(r.all) < maxReasons && !slices.Contains(r.all, reason) {
		r.all = append(r.all, reason)
	}
}

func printable(r rune) rune {
	if r != '\n' && !unicode.IsGraphic(r) {
		return ' '
	}
	return r
}
