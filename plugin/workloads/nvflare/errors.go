package nvflare

import (
	"regexp"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// record is the first line of a record of a log: time, logger, level, and what it is about, such as
// [identity=site-1, run=ID], which is missing in some; then the message. Source:
// nvflare/fuel/utils/log_config.json and log_utils.py, 2.9.0.
var record = regexp.MustCompile(`^\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\S* - (.+?) - (\w+) - (?:\[\w+=[^\]]*\](?: - |: ))?(.*)$`)

// exception is the line of a traceback that says what happened. Those above it are indented.
var exception = regexp.MustCompile(`^[A-Za-z_][\w.]*(: .*)?$`)

// traceback begins one. Source: Python's traceback module.
const traceback = "Traceback (most recent call last):"

// errorRecords are the errors of a job in a log. NVFLARE logs an exception as two records: the
// first says where, and names the job or a file of it; the second is the traceback.
type errorRecords struct {
	job string
	// own says that the log is of the job alone: records that do not name it count too.
	own bool
	// last is the logger of the record of this job that has just been read, or empty.
	last string
	// tracing says that the line belongs to a traceback of this job.
	tracing bool
}

// read returns the reason in a line, or "".
func (r *errorRecords) read(line string) string {
	found := record.FindStringSubmatch(line)
	if found == nil {
		if r.tracing && exception.MatchString(line) && line != traceback {
			return line
		}
		return ""
	}
	logger, level, message := found[1], found[2], found[3]
	failed := level == "ERROR" || level == "CRITICAL"
	mine := r.own || strings.Contains(line, r.job)
	r.tracing = failed && message == traceback && (mine || r.last == logger)
	r.last = ""
	if !failed || !mine || message == traceback {
		return ""
	}
	r.last = logger
	return message
}

// errorsIn are the reasons in a log that is of a job alone.
func errorsIn(log string) []string {
	var reasons workloads.Reasons
	r := errorRecords{own: true}
	for line := range strings.Lines(log) {
		reasons.Add(r.read(strings.TrimRight(line, " \r\n")))
	}
	return reasons.All()
}
