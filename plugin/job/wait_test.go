package job

import (
	"context"
	"errors"
	"fmt"
	"io"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/util/exec"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// scripted is a driver whose waits end as the script says.
type scripted struct {
	workloads.JobDriver
	status string
	state  workloads.JobState
	err    error
}

func (s scripted) Wait(_ context.Context, _ string, _ time.Duration, progress func(string)) (workloads.JobState, error) {
	if s.status != "" {
		progress(s.status)
	}
	return s.state, s.err
}

func TestWait(t *testing.T) {
	ended := workloads.JobState{Status: "DONE", Ended: true, Completed: true}
	for name, tc := range map[string]struct {
		driver scripted
		out    string
		fail   string
		code   int
	}{
		"completed": {scripted{status: "RUNNING", state: ended}, "job 1 DONE\n", "", 0},
		"aborted":   {scripted{state: workloads.JobState{Status: "ABORTED", Ended: true}}, "job 1 ABORTED\n", "job 1 ended with status ABORTED: each site finds the reason with `kubectl flare job why 1`", 2},
		"denied": {
			scripted{state: workloads.JobState{Status: "FAILED", Ended: true, Reasons: []string{"a: no code", "b: no code"}}},
			"job 1 FAILED\n", "job 1 ended with status FAILED:\n  a: no code\n  b: no code", 2,
		},
		"forbidden": {scripted{err: errors.New("not allowed")}, "", "not allowed", 1},
		"time over": {scripted{status: "RUNNING", state: workloads.JobState{Status: "RUNNING"}}, "", "job 1 has not finished after 1m0s: its status is RUNNING", 1},
	} {
		t.Run(name, func(t *testing.T) {
			streams, _, out, errOut := genericiooptions.NewTestIOStreams()
			clk := clientstest.FastClock(t, testStart)
			w := waiter{options: &options{streams: streams, clock: clk, view: output.NewView()}, id: "1", timeout: time.Minute, started: testStart.Add(-time.Hour)}
			err := w.run(t.Context(), tc.driver)
			require.Equal(t, tc.out, out.String())
			if tc.fail == "" {
				require.NoError(t, err)
				require.Contains(t, errOut.String(), "RUNNING")
				return
			}
			require.ErrorContains(t, err, tc.fail)
			code := 1
			if exit, ok := errors.AsType[*output.ExitError](err); ok {
				code = exit.Code
			}
			require.Equal(t, tc.code, code)
		})
	}
}

func TestWhichErrorsPass(t *testing.T) {
	require.True(t, temporary(fmt.Errorf("%w: timeout", workloads.ErrUnreachable)))
	require.True(t, temporary(workloads.ErrInterrupted))
	require.False(t, temporary(io.ErrUnexpectedEOF))
}

func TestOutcome(t *testing.T) {
	exit := exec.CodeExitError{Code: 3, Err: errors.New("exit")}
	answer := errors.New("not allowed")
	for name, tc := range map[string]struct {
		answer, ended error
		want          error
	}{
		"all well":                         {nil, nil, nil},
		"what was said explains more":      {answer, exit, answer},
		"the exit code explains no answer": {workloads.ErrInterrupted, exit, &workloads.ExitError{Code: 3, Stderr: "Traceback"}},
		"nothing was said":                 {workloads.ErrInterrupted, nil, workloads.ErrInterrupted},
		"an exit code alone":               {nil, exit, &workloads.ExitError{Code: 3, Stderr: "Traceback"}},
	} {
		t.Run(name, func(t *testing.T) {
			require.Equal(t, tc.want, session{}.outcome(t.Context(), tc.answer, tc.ended, "Traceback"))
		})
	}
}
