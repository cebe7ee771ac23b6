package flower

import (
	"io"
	"regexp"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
)

// The parts of lines in which Flower says why a run failed. Source: run_serverapp.py,
// run_clientapp.py, strategy_utils.py, start_client_internal.py, control_handlers.py and
// run_superexec.py, 1.36.0 and 1.42.0.
const (
	raised      = "App raised an exception"
	traceback   = "Traceback (most recent call last):"
	errorReply  = "Received error in reply from node "
	notLaunched = "Executor failed to launch task_id "
	noCapacity  = "Executor rejected launch for task_id "
	reasonOf    = ". Reason: "
	taskExpiry  = " Existing task expiry handling will apply."
	createdRun  = "Created run "
)

// ofRun is the header of what a SuperNode logs about a run.
var ofRun = regexp.MustCompile(`\[RUN ([0-9]+)\]$`)

// apiException is the reason of a pod that the API server has not created. Its answer is in one of
// the next lines.
var apiException = regexp.MustCompile(`^[A-Za-z]*Exception: \([0-9]{3}\)$`)

// attempt is the name of a task's pod. Source: kubernetes_executor.py, _pod_name.
var attempt = regexp.MustCompile(`\b(` + flower.PrefixTask + `[0-9]+)-[0-9a-f]{12}\b`)

// Why finds the exceptions of a ClientApp of the run in the log of a SuperNode, and the pods
// that SuperExec could not start, such as those that the site's policy denies. SuperExec
// knows tasks only, and not their runs. It also finds that the SuperLink does not take the
// SuperNode or, in the log of a SuperLink, which SuperNodes it has not taken since the run began.
func (Workloads) Why(log io.Reader, job string) ([]string, error) {
	r := reasons{run: job}
	err := workloads.ReadLog(log, func(line string) {
		r.ofNode(line)
		r.ofJoining(line)
	})
	if r.rejected != "" {
		r.Add(r.rejected)
	}
	return r.All(), err
}

// reasons are found line by line.
type reasons struct {
	workloads.Reasons
	// run is the run to look for, and current the run of the last header.
	run, current string
	// exception says that an exception follows, and inside that its traceback has begun.
	exception, inside bool
	// task is the one for whose pod the API server's answer follows, and code the first line of
	// the answer.
	task, code string
	// created says that the SuperLink has created the run, and rejected why it has not taken the
	// SuperNode.
	created  bool
	rejected string
}

// ofJoining takes what a SuperNode logs about joining, and a SuperLink about those that it rejects
// during the run.
func (r *reasons) ofJoining(line string) {
	if strings.Contains(line, createdRun+r.run+" ") {
		r.created = true
		return
	}
	if _, text, ok := strings.Cut(line, attempted); ok {
		key, reason, _ := strings.Cut(text, keyEnd)
		if told, ok := (Workloads{}).Rejection(reason); ok && r.created {
			r.Add("a SuperNode whose key has the fingerprint " + fingerprint(key) + " did not join: " + told.Reason)
		}
		return
	}
	if told, ok := (Workloads{}).Rejection(line); ok {
		r.rejected = told.Reason
	} else if strings.Contains(line, flower.ActivatedText) {
		r.rejected = ""
	}
}

func (r *reasons) ofServer(line string) {
	if _, text, ok := strings.Cut(line, errorReply); ok {
		node, text, _ := strings.Cut(text, ": ")
		r.Add("SuperNode " + node + ": " + text)
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
			r.notStarted(task, strings.TrimSuffix(text, taskExpiry))
			return
		}
	}
	if r.task != "" {
		r.answer(line)
	}
	if r.current == r.run {
		r.traceback(line)
	}
}

// notStarted is why the pod of a task did not start. SuperExec tries again each time that the task
// is offered again.
func (r *reasons) notStarted(task, why string) {
	if apiException.MatchString(why) {
		r.task, r.code = task, why
		return
	}
	r.add(task, why)
}

// add adds the reason without the part of the pod's name that is another one in each attempt.
func (r *reasons) add(task, why string) {
	r.task = ""
	r.Add("task " + task + ", of this run or another, did not start: " + attempt.ReplaceAllString(why, "$1"))
}

// answer takes the API server's answer out of the lines of an exception, of which the last one is
// taskExpiry.
func (r *reasons) answer(line string) {
	if message, ok := workloads.APIAnswer(line); ok {
		r.notStarted(r.task, message)
	} else if line == taskExpiry {
		r.add(r.task, r.code)
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
		r.Add(line)
		r.exception, r.inside = false, false
	}
}
