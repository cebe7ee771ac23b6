package nvflare

import (
	"io"
	"regexp"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// The parts of lines in which a launcher and a server say why a job failed. Source:
// k8s_launcher.py and job_runner.py, 2.9.0.
const (
	notLaunched = "failed to launch job "
	notDeployed = "Failed to run the Job ("
)

// newLine is the form of the first line of a record of a log; others go on with it.
var newLine = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d`)

// Why finds the records about a job of a launcher, the API server's answer to its request for
// a pod, or why the pod did not start; of a server, what sites say that do not take the job; and
// the errors of the job's own process, which writes to the log of its parent.
func (Workloads) Why(log io.Reader, job string) ([]string, error) {
	r := records{job: job, errors: errorRecords{job: job}}
	err := workloads.ReadLog(log, r.read)
	return r.All(), err
}

// records are the records of a log, line by line.
type records struct {
	workloads.Reasons
	job string
	// failing says that the record is about the job, and its reason follows.
	failing bool
	errors  errorRecords
}

func (r *records) read(line string) {
	if !newLine.MatchString(line) {
		if answer, ok := workloads.APIAnswer(line); ok && r.failing {
			r.Add(answer)
		}
		r.Add(r.errors.read(line))
		return
	}
	var reason string
	if reason, r.failing = ofLauncher(line, r.job); reason == "" && !r.failing {
		reason = r.errors.read(line)
	}
	r.Add(reason)
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
