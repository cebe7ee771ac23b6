package workloads

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"slices"
	"strings"
	"unicode"

	"github.com/kubectl-flare/kubectl-flare/plugin/ansi"
)

const (
	// MaxReasons is how many different reasons are read from a log, to which code of jobs can
	// write too.
	MaxReasons = 50
	// maxLogLine is how much of a line is read. The API server's answers are shorter.
	maxLogLine = 1 << 20
)

// Reasons are different reasons why a job failed, in their order in a log. The zero value has
// none.
type Reasons struct{ all []string }

// All are the reasons, nil if there are none.
func (r *Reasons) All() []string { return r.all }

// Add adds a reason without control characters, which a terminal would interpret: the server and
// jobs choose parts of the log.
func (r *Reasons) Add(reason string) {
	reason = strings.TrimSpace(strings.Map(printable, reason))
	if reason != "" && len(r.all) < MaxReasons && !slices.Contains(r.all, reason) {
		r.all = append(r.all, reason)
	}
}

func printable(r rune) rune {
	if r != '\n' && !unicode.IsGraphic(r) {
		return ' '
	}
	return r
}

// ReadLog visits the lines of a log, without colors and without spaces at their ends. Of a very
// long line it visits the beginning.
func ReadLog(log io.Reader, visit func(line string)) error {
	lines := bufio.NewReaderSize(log, maxLogLine)
	for {
		line, more, err := lines.ReadLine()
		switch {
		case errors.Is(err, io.EOF):
			return nil
		case err != nil:
			return err
		}
		visit(strings.TrimRight(ansi.Strip(string(line)), " \t\r"))
		for more && err == nil { // the rest of a long line
			_, more, err = lines.ReadLine()
		}
	}
}

// responseBody begins the line with the API server's answer in an exception of Kubernetes'
// client for Python, which has several lines: "(403)", "Reason: Forbidden", the headers and the
// body. Source: kubernetes/client/exceptions.py, 33.1.0 and 37.0.2.
const responseBody = "HTTP response body: "

// APIAnswer is the message in a line with the API server's answer, or the whole answer if it
// has no message.
func APIAnswer(line string) (message string, ok bool) {
	body, ok := strings.CutPrefix(line, responseBody)
	if !ok {
		return "", false
	}
	var status struct {
		Message string `json:"message"`
	}
	if json.Unmarshal([]byte(body), &status) != nil || status.Message == "" {
		return body, true
	}
	return status.Message, true
}
