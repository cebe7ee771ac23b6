package nvflare

import (
	"bufio"
	"encoding/json"
	"errors"
	"io"
	"regexp"
	"slices"
	"strings"
	"unicode"

	"github.com/kubectl-flare/kubectl-flare/plugin/ansi"
)

// The parts of lines in which a launcher and a server say why a job failed. Source:
// k8s_launcher.py and job_runner.py, 2.9.0.
const (
	notLaunched  = "failed to launch job "
	notDeployed  = "Failed to run the Job ("
	responseBody = "HTTP response body: "
)

// newLine is the form of the first line of a record of a log; others go on with it.
var newLine = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)

// maxLogLine is how much of a line is read. The API server's answers are shorter.
const maxLogLine = 1 << 20

// maxReasons is how many different reasons are read.
const maxReasons = 50

// Why finds the records about a job of a launcher, the API server's answer to its request for
// a pod, or why the pod did not start; and of a server, what sites say that do not take the job.
func (Workloads) Why(log io.Reader, job string) ([]string, error) {
	r := records{job: job}
	lines := bufio.NewReaderSize(log, maxLogLine)
	for {
		line, more, err := lines.ReadLine()
		if err != nil {
			return r.reasons, ignoreEnd(err)
		}
		r.read(ansi.Strip(string(line)))
		for more && err == nil { // the rest of a long line
			_, more, err = lines.ReadLine()
		}
	}
}

func ignoreEnd(err error) error {
	if errors.Is(err, io.EOF) {
		return nil
	}
	return err
}

// records are the records of a log, line by line.
type records struct {
	job     string
	reasons []string
	// failing says that the record is about the job, and its reason follows.
	failing bool
}

func (r *records) read(line string) {
	if newLine.MatchString(line) {
		var reason string
		reason, r.failing = ofLauncher(line, r.job)
		r.add(reason)
		return
	}
	if body, ok := strings.CutPrefix(line, responseBody); ok && r.failing {
		r.add(messageOf(body))
	}
}

// add adds a reason without control characters, which a terminal would interpret: the server and
// jobs choose parts of the log.
func (r *records) add(reason string) {
	reason = strings.TrimSpace(strings.Map(printable, reason))
	if reason != "" && len(r.reasons) < maxReasons && !slices.Contains(r.reasons, reason) {
		r.reasons = append(r.reasons, reason)
	}
}

func printable(r rune) rune {
	if r != '\n' && !unicode.IsGraphic(r) {
		return ' '
	}
	return r
}

// ofLauncher is the reason in the first line of a record. failing says that the reason
// follows: the client of the API server logs its answers in several lines.
func ofLauncher(line, job string) (reason string, failing bool) {
	if _, rest, ok := strings.Cut(line, notLaunched); ok {
		id, text, _ := strings.Cut(rest, ": ")
		if !isJob(id, job) {
			return "", false
		}
		if strings.HasPrefix(text, "(") {
			return "", true
		}
		return text, false
	}
	if _, rest, ok := strings.Cut(line, notDeployed); ok {
		id, text, _ := strings.Cut(rest, "): ")
		if isJob(id, job) {
			return strings.ReplaceAll(text, errorMark, ""), false
		}
		return "", false
	}
	// "job ID pod NAME: reason" is from a launcher that has given up on a pod.
	if _, rest, ok := strings.Cut(line, " - job "); ok {
		id, rest, _ := strings.Cut(rest, " pod ")
		if _, text, ok := strings.Cut(rest, ": "); ok && isJob(id, job) {
			return text, false
		}
	}
	return "", false
}

// isJob compares the ID of a job with the one that a launcher makes of it, which never begins
// with a digit.
func isJob(id, job string) bool { return id == job || id == "j"+job }

// messageOf is the message of a Status, or the whole text if it is none.
func messageOf(body string) string {
	var status struct {
		Message string `json:"message"`
	}
	if json.Unmarshal([]byte(body), &status) != nil || status.Message == "" {
		return body
	}
	return status.Message
}
