package job

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

const (
	// retries is how often in a row the command tries again if the server does not
	// answer: it may be restarting.
	retries    = 10
	retryPause = 3 * time.Second
	// notCompleted is the exit code for a job that has finished without success.
	notCompleted = 2
)

type waitOptions struct {
	options
	timeout time.Duration
}

func newWait(shared options) *cobra.Command {
	o := &waitOptions{options: shared}
	cmd := &cobra.Command{
		Use:   "wait JOB_ID",
		Short: "Wait until a job has finished",
		Long: templates.LongDesc(`
			Wait until a job has finished.

			The exit code is 0 if the job has completed, 2 if it has finished in another way, and 1 for every other
			error, such as a server that does not answer or the end of --timeout. After Ctrl-C, the job keeps running.`),
		Example: templates.Examples(`
			# Follow a job to its end; the exit code says whether it completed
			kubectl flare job wait 5f9f7c1e-4a3b-4c52-b6f6-1fd94a2ac6d1 -n fl-admin`),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			if err := o.view.Validate(); err != nil {
				return err
			}
			w := waiter{options: &o.options, id: args[0], timeout: o.timeout, started: o.clock.Now()}
			return w.run(cmd.Context(), nil)
		},
	}
	addTimeout(cmd, &o.timeout)
	return o.leaf(cmd)
}

func addTimeout(cmd *cobra.Command, timeout *time.Duration) {
	cmd.Flags().DurationVar(timeout, "timeout", 0, "Longest time to wait for the job; 0 means no limit")
}

// waiter follows one job to its end, with as many pods as that takes.
type waiter struct {
	*options
	id      string
	timeout time.Duration
	started time.Time
	last    workloads.JobState
}

// run begins with the given driver, unless it is nil.
func (w *waiter) run(ctx context.Context, d workloads.JobDriver) error {
	for failures := 0; !w.last.Ended; {
		err := w.turn(ctx, d)
		d = nil
		switch {
		case err == nil:
			failures = 0
		case !temporary(err), failures >= retries:
			return err
		default:
			failures++
			w.progress(err.Error())
			if err := w.pause(ctx); err != nil {
				return err
			}
		}
		if !w.last.Ended && w.timeout > 0 && w.clock.Since(w.started) >= w.timeout {
			return fmt.Errorf("job %s has not finished after %s: its status is %s; it keeps running, and `kubectl flare job wait %s` waits for it", w.id, w.timeout, w.last.Status, w.id)
		}
	}
	return w.finish()
}

// temporary says whether an error may go away by itself.
func temporary(err error) bool {
	return errors.Is(err, workloads.ErrUnreachable) || errors.Is(err, workloads.ErrInterrupted)
}

// turn waits with one pod, for as long as one pod may run.
func (w *waiter) turn(ctx context.Context, d workloads.JobDriver) error {
	wait := func(d workloads.JobDriver) error {
		state, err := d.Wait(ctx, w.id, w.left(), func(status string) {
			w.last.Status = status
			w.progress(status)
		})
		if err == nil {
			w.last = state
		}
		return err
	}
	if d != nil {
		return wait(d)
	}
	return w.withJob(ctx, w.id, wait)
}

func (w *waiter) left() time.Duration {
	if w.timeout == 0 {
		return workloads.JobTurn
	}
	return max(time.Second, min(workloads.JobTurn, w.timeout-w.clock.Since(w.started)))
}

func (w *waiter) progress(text string) {
	fmt.Fprintf(w.streams.ErrOut, "%6.1fs  %s\n", w.clock.Since(w.started).Seconds(), text)
}

func (w *waiter) finish() error {
	r := result{JobID: w.id, Status: w.last.Status, Meta: w.last.Meta}
	if err := w.print(r, w.last.Status); err != nil {
		return err
	}
	if w.last.Completed {
		return nil
	}
	return &output.ExitError{Code: notCompleted, Err: w.failure()}
}

// failure is the error for a job that has finished without success.
func (w *waiter) failure() error {
	if len(w.last.Reasons) > 0 {
		return fmt.Errorf("job %[1]s ended with status %[2]s:\n  %[3]s\nsites may know more: `kubectl flare job why %[1]s`", w.id, w.last.Status, strings.Join(w.last.Reasons, "\n  "))
	}
	return fmt.Errorf("job %s ended with status %s: each site finds the reason with `kubectl flare job why %s`, or in the log with `kubectl flare logs PARTICIPANT`", w.id, w.last.Status, w.id)
}

func (w *waiter) pause(ctx context.Context) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-w.clock.After(retryPause):
		return nil
	}
}
