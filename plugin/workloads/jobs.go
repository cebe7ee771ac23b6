package workloads

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Jobs is implemented by frameworks whose jobs `kubectl flare job` can handle.
type Jobs interface {
	// Operator is the role whose kit may handle jobs. Its first workload is on demand:
	// each command runs a pod from it, and deletes the pod.
	Operator() kit.Role
	// CheckJob returns what is wrong with a job folder, before anything is sent.
	CheckJob(name string, folder fs.FS) error
	// CheckID returns what is wrong with the ID of a job, before anything is sent. A namespace may
	// have participants of several frameworks, whose IDs look different.
	CheckID(id string) error
	// Driver handles jobs through a pod of the operator.
	Driver(Session) JobDriver
}

// Configurer is implemented by frameworks whose jobs have values that can be set when a job
// is submitted.
type Configurer interface {
	// Configure checks values, each as KEY=VALUE, with a job folder, and returns what the
	// driver's Submission needs.
	Configure(folder fs.FS, set []string) (string, error)
}

// Studies is implemented by frameworks whose jobs belong to studies. Jobs.Driver handles those of
// none, or of the framework's default.
type Studies interface {
	// InStudy is Driver for the jobs of a study. Its error says that the name is not one.
	InStudy(s Session, study string) (JobDriver, error)
}

// Explainer is implemented by frameworks whose participants log why a job failed.
type Explainer interface {
	// Why returns the reasons in the log of a participant, each once; none if the log does
	// not say. Its error is one of reading.
	Why(log io.Reader, job string) ([]string, error)
}

// JobTurn is how long a driver waits for a job with one pod. Pods of operators live longer
// than that.
const JobTurn = 30 * time.Minute

// JobDriver handles the jobs of a federation. Its error for a server that does not answer
// now, but may do so later, wraps ErrUnreachable.
type JobDriver interface {
	// Submit sends a job and returns its ID.
	Submit(context.Context, Submission) (string, error)
	// List returns the jobs that the server has.
	List(context.Context) (JobList, error)
	// Wait waits for the end of a job, but no longer than the limit. It calls progress
	// with each new status.
	Wait(ctx context.Context, id string, limit time.Duration, progress func(status string)) (JobState, error)
	// Download passes on a finished job with its results as a tar stream.
	Download(ctx context.Context, id string, unpack func(io.Reader) error) error
	// Abort ends a running job.
	Abort(ctx context.Context, id string) error
}

// JobLogger is a JobDriver whose server has the log of a job.
type JobLogger interface {
	// Logs writes the log as far as the server has it.
	Logs(ctx context.Context, id string, out io.Writer) error
}

// Submission is a job to submit.
type Submission struct {
	// Name is the job's folder's name.
	Name string
	// Archive is the folder as a tar stream, with paths relative to the folder.
	Archive io.Reader
	// Configuration is what Configure has returned, "" if nothing is set.
	Configuration string
}

// JobList is the jobs of a server, in the server's order.
type JobList struct {
	// Columns are the headers of the table for people.
	Columns []string
	Jobs    []Job
}

// Job is one job of a list.
type Job struct {
	ID string
	// Cells are its row of the table: one for each column.
	Cells []string
	// Fields are what -o json and -o yaml show.
	Fields any
}

// JobState is how far a job has come.
type JobState struct {
	// Status is the framework's own word.
	Status string
	// Ended says that the status will not change any more, and Completed that the job has
	// succeeded.
	Ended, Completed bool
	// Reasons are why a job ended without success, as far as the server knows it.
	Reasons []string
	// Meta is the job's metadata as the server has it.
	Meta map[string]any
}

// ErrUnreachable means that the server of the federation does not answer.
var ErrUnreachable = errors.New("the FL server does not answer")

// ErrInterrupted means that the connection to the pod ended before the answer came.
var ErrInterrupted = errors.New("the connection to the admin pod ended before the answer came")

// Session runs processes in a running pod with an operator's kit.
type Session interface {
	// Exec runs the program of the pod's first container once more, wherever the image has
	// it. Its error is an *ExitError for an exit code other than 0, and otherwise an error of
	// the cluster.
	Exec(context.Context, Command) error
}

// Command is a process to run in the first container of a pod.
type Command struct {
	// Args are the program's arguments.
	Args []string
	// Stdin is sent to the process; nil for none.
	Stdin io.Reader
	// Stdout reads the output of the process; the rest is discarded. Its error takes
	// precedence over one of the process.
	Stdout func(io.Reader) error
}

// ExitError is the end of a process with an exit code other than 0.
type ExitError struct {
	Code int
	// Stderr is the end of what the process wrote to standard error.
	Stderr string
}

// Error implements error.
func (e *ExitError) Error() string {
	return fmt.Sprintf("the process in the pod ended with exit code %d: %s", e.Code, e.Stderr)
}
