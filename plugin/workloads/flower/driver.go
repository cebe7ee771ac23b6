package flower

import (
	"context"
	_ "embed" // for session.py
	"fmt"
	"io"
	"strconv"
	"strings"
	"time"

	"github.com/kubectl-flare/kubectl-flare/plugin/ansi"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
)

// session is the script for the pod's Python, which gets it as an argument.
//
//go:embed session.py
var session string

// completed is the only status of success, and ended begins those of runs that have ended.
// Source: flwr/common/constant.py, Status and SubStatus, 1.36.0 and 1.42.0.
const (
	completed = "finished:completed"
	ended     = "finished"
)

// Driver runs session.py, which uses the flwr CLI, in the scientist's pod.
func (Workloads) Driver(s workloads.Session) workloads.JobDriver {
	return driver{workloads.Script[event]{
		Session: s, Pod: "scientist's pod", Failure: event.failure,
		Args: []string{"-c", session, flower.AdminWorkPath},
	}}
}

// driver handles runs as a scientist.
type driver struct{ workloads.Script[event] }

// Submit makes the pod bundle the app and start a run of it.
func (d driver) Submit(ctx context.Context, s workloads.Submission) (string, error) {
	words := []string{"submit", s.Name}
	if s.Configuration != "" {
		words = append(words, s.Configuration)
	}
	e, err := d.last(ctx, "submitted", s.Archive, words...)
	return string(e.Run), err
}

// Wait polls the SuperLink every two seconds.
func (d driver) Wait(ctx context.Context, id string, limit time.Duration, progress func(status string)) (workloads.JobState, error) {
	var state workloads.JobState
	if err := (Workloads{}).CheckID(id); err != nil {
		return state, err
	}
	err := d.Run(ctx, nil, func(e event) error {
		state.Status, state.Meta = e.Row.Status, e.Row.meta()
		switch e.Event {
		case "status":
			progress(e.Row.Status)
		case "finished":
			state.Ended, state.Completed = strings.HasPrefix(e.Row.Status, ended), e.Row.Status == completed
			if !state.Completed {
				state.Reasons = e.reasons()
			}
		}
		return nil
	}, "wait", id, strconv.Itoa(int(limit.Seconds())))
	return state, err
}

// List lists all runs.
func (d driver) List(ctx context.Context) (workloads.JobList, error) {
	list := workloads.JobList{Columns: []string{"Run-ID", "App", "Version", "Status", "Submitted", "Duration"}}
	_, err := d.Last(ctx, nil, func(e event) bool {
		if e.Event == "run" {
			list.Jobs = append(list.Jobs, workloads.Job{ID: string(e.Row.RunID), Cells: e.Row.cells(), Fields: e.Row})
		}
		return e.Event == "listed"
	}, "listing")
	return list, err
}

// Download passes on what the SuperLink has of a run: its record and its log. Flower's open
// edition keeps no other results; an app that has some stores them itself.
func (d driver) Download(ctx context.Context, id string, unpack func(io.Reader) error) error {
	if err := (Workloads{}).CheckID(id); err != nil {
		return err
	}
	e, err := d.last(ctx, "downloaded", nil, "download", id)
	if err != nil {
		return err
	}
	return d.Exec(ctx, nil, unpack, "pack", e.Folder)
}

// Logs writes the log of a run's ServerApp.
func (d driver) Logs(ctx context.Context, id string, out io.Writer) error {
	if err := (Workloads{}).CheckID(id); err != nil {
		return err
	}
	e, err := d.last(ctx, "log", nil, "log", id)
	if err != nil {
		return err
	}
	_, err = io.WriteString(out, ansi.Strip(e.Log)+"\n")
	return err
}

// Abort ends a run.
func (d driver) Abort(ctx context.Context, id string) error {
	if err := (Workloads{}).CheckID(id); err != nil {
		return err
	}
	_, err := d.last(ctx, "stopped", nil, "abort", id)
	return err
}

// CheckID accepts IDs of runs, which are unsigned numbers of 64 bits: a word of another form
// could be an option of the flwr CLI.
func (Workloads) CheckID(id string) error {
	if number, err := strconv.ParseUint(id, 10, 64); err != nil || strconv.FormatUint(number, 10) != id {
		return fmt.Errorf("%q is not the ID of a run, which is a number: list the runs with `kubectl flare job list`", id)
	}
	return nil
}

// last runs a verb and returns its event with the given name; without that, the verb has
// failed.
func (d driver) last(ctx context.Context, name string, stdin io.Reader, words ...string) (event, error) {
	return d.Last(ctx, stdin, func(e event) bool { return e.Event == name }, words...)
}
