package job

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/kubectl/pkg/util/templates"
)

const (
	// completed is the one good end of a job. Source: nvflare/apis/job_def.py,
	// RunStatus.
	completed = "FINISHED:COMPLETED"
	// turn is how long one admin pod waits before another takes over: pods of
	// admins end themselves after an hour.
	turn = 30 * time.Minute
	// retries is how often in a row a server that does not answer is asked
	// again: it may be restarting.
	retries    = 10
	retryPause = 3 * time.Second
)

type waitOptions struct {
	options
	timeout time.Duration
	format  string
}

func newWait(shared options) *cobra.Command {
	o := &waitOptions{options: shared}
	cmd := &cobra.Command{
		Use:   "wait JOB_ID",
		Short: "Wait until a job has finished",
		Example: templates.Examples(`
			# Follow a job to its end; the exit code says whether it completed
			kubectl flare job wait 5f9f7c1e-4a3b-4c52-b6f6-1fd94a2ac6d1 -n fl-admin`),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			if err := checkFormat(o.format); err != nil {
				return err
			}
			w := waiter{options: &o.options, id: args[0], timeout: o.timeout, format: o.format, started: o.clock.Now()}
			return w.run(cmd.Context(), nil)
		},
	}
	addTimeout(cmd, &o.timeout)
	addFormat(cmd, &o.format)
	return o.leaf(cmd)
}

func addTimeout(cmd *cobra.Command, timeout *time.Duration) {
	cmd.Flags().DurationVar(timeout, "timeout", 0, "Longest time to wait for the job; 0 means for ever")
}

// waiter follows one job to its end, through as many pods as that takes.
type waiter struct {
	*options
	id      string
	timeout time.Duration
	format  string
	started time.Time
	last    string
	end     *event
}

// run begins with a pod that is there already, if there is one.
func (w *waiter) run(ctx context.Context, pod *adminPod) error {
	for failures := 0; w.end == nil; {
		err := w.turn(ctx, pod)
		pod = nil
		var away *unreachable
		switch {
		case err == nil:
			failures = 0
		case !errors.As(err, &away) && !errors.Is(err, errEnded), failures >= retries:
			return err
		default:
			failures++
			w.progress(err.Error())
			if err := sleep(ctx, retryPause); err != nil {
				return err
			}
		}
		if w.end == nil && w.timeout > 0 && w.clock.Since(w.started) >= w.timeout {
			return fmt.Errorf("job %s has not finished after %s: it is %s; it goes on, `kubectl flare job wait %s` waits further", w.id, w.timeout, w.last, w.id)
		}
	}
	return w.finish()
}

// turn waits with one pod for as long as one pod may.
func (w *waiter) turn(ctx context.Context, pod *adminPod) error {
	wait := func(pod adminPod) error {
		return pod.run(ctx, nil, w.handle, "wait", w.id, strconv.Itoa(int(w.left().Seconds())))
	}
	if pod != nil {
		return wait(*pod)
	}
	return w.withPod(ctx, wait)
}

func (w *waiter) left() time.Duration {
	if w.timeout == 0 {
		return turn
	}
	return max(time.Second, min(turn, w.timeout-w.clock.Since(w.started)))
}

func (w *waiter) handle(e event) error {
	switch e.Event {
	case "status":
		w.last = e.Status
		w.progress(e.Status)
	case "finished":
		w.end = &e
	}
	return nil
}

func (w *waiter) progress(text string) {
	fmt.Fprintf(w.streams.ErrOut, "%6.1fs  %s\n", w.clock.Since(w.started).Seconds(), text)
}

func (w *waiter) finish() error {
	r := result{JobID: w.id, Status: w.end.Status, Meta: w.end.Meta}
	if err := printResult(w.streams.Out, w.format, r, w.end.Status); err != nil {
		return err
	}
	if w.end.Status != completed {
		return fmt.Errorf("job %s ended as %s: the participants' logs say why (kubectl flare logs PARTICIPANT)", w.id, w.end.Status)
	}
	return nil
}

func sleep(ctx context.Context, d time.Duration) error {
	select {
	case <-ctx.Done():
		return ctx.Err()
	case <-time.After(d):
		return nil
	}
}
