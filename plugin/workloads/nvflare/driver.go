package nvflare

import (
	"context"
	_ "embed" // session.py
	"encoding/json"
	"fmt"
	"io"
	"regexp"
	"strconv"
	"time"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
)

// session is the script for the pod's Python, which gets it as an argument.
//
//go:embed session.py
var session string

// completed is the only status of success. Source: nvflare/apis/job_def.py,
// RunStatus.
const completed = "FINISHED:COMPLETED"

// validStudy is NVFLARE's rule for the name of a study (nvflare/apis/utils/format_check.py,
// 2.9.0).
var validStudy = regexp.MustCompile(`^[a-z0-9](?:[a-z0-9_-]{0,61}[a-z0-9])?$`)

// Driver runs session.py, which uses NVFLARE's Python API, in the admin's pod.
func (Workloads) Driver(s workloads.Session) workloads.JobDriver { return newDriver(s, "") }

// InStudy is Driver for the jobs of a study.
func (Workloads) InStudy(s workloads.Session, study string) (workloads.JobDriver, error) {
	if !validStudy.MatchString(study) {
		return nil, fmt.Errorf("%q is not a study: NVFLARE allows lowercase letters, digits, hyphens and underscores, 63 characters at most, the first and the last a letter or a digit", study)
	}
	return newDriver(s, study), nil
}

// newDriver handles the jobs of a study; none is NVFLARE's own, "default".
func newDriver(s workloads.Session, study string) driver {
	return driver{workloads.Script[event]{
		Session: s, Pod: "admin's pod", Failure: event.failure,
		Args: []string{"-c", session, nvflare.AdminKitPath, nvflare.AdminWorkPath, study},
	}}
}

// driver handles jobs as an admin.
type driver struct{ workloads.Script[event] }

// Submit makes the pod unpack the folder, sign it with the admin's key and submit it.
func (d driver) Submit(ctx context.Context, s workloads.Submission) (string, error) {
	e, err := d.last(ctx, "submitted", s.Archive, "submit", s.Name)
	return e.JobID, err
}

// Wait polls the server every second.
func (d driver) Wait(ctx context.Context, id string, limit time.Duration, progress func(status string)) (workloads.JobState, error) {
	var state workloads.JobState
	err := d.Run(ctx, nil, func(e event) error {
		switch e.Event {
		case "status":
			progress(e.Status)
		case "finished":
			state.Ended, state.Completed = true, e.Status == completed
			if !state.Completed {
				state.Reasons = append(deployReasons(e.Meta), siteErrors(e.Errors)...)
			}
		case "waiting":
		default:
			return nil
		}
		state.Status, state.Meta = e.Status, e.Meta
		return nil
	}, "wait", id, strconv.Itoa(int(limit.Seconds())))
	return state, err
}

// Download makes the pod download the job from the server, and reads it from there.
func (d driver) Download(ctx context.Context, id string, unpack func(io.Reader) error) error {
	e, err := d.last(ctx, "downloaded", nil, "download", id)
	if err != nil {
		return err
	}
	return d.Exec(ctx, nil, unpack, "pack", e.Folder)
}

// Abort ends a job.
func (d driver) Abort(ctx context.Context, id string) error {
	return d.Run(ctx, nil, func(event) error { return nil }, "abort", id)
}

// listed is one job as NVFLARE lists it.
type listed struct {
	JobID  string `json:"job_id"`
	Name   string `json:"job_name"`
	Status string `json:"status"`
	// SubmitTime is in the server's own format, RFC 3339 with its time zone.
	SubmitTime string `json:"submit_time"`
	Duration   string `json:"duration"`
	Study      string `json:"study,omitempty"`
}

// List lists all jobs, including finished ones.
func (d driver) List(ctx context.Context) (workloads.JobList, error) {
	list := workloads.JobList{Columns: []string{"Job-ID", "Name", "Status", "Submitted", "Duration", "Study"}}
	err := d.Run(ctx, nil, func(e event) error {
		for _, raw := range e.Jobs {
			var job listed
			if err := json.Unmarshal(raw, &job); err != nil {
				return fmt.Errorf("the FL server's list of jobs cannot be read: %w", err)
			}
			list.Jobs = append(list.Jobs, workloads.Job{
				ID: job.JobID, Fields: job,
				Cells: []string{job.JobID, job.Name, job.Status, job.SubmitTime, job.Duration, job.Study},
			})
		}
		return nil
	}, "listing")
	return list, err
}

// last runs a verb and returns its event with the given name; without that, the verb has
// failed.
func (d driver) last(ctx context.Context, name string, stdin io.Reader, words ...string) (event, error) {
	return d.Last(ctx, stdin, func(e event) bool { return e.Event == name }, words...)
}
