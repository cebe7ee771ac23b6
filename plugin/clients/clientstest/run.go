package clientstest

import (
	"context"
	"testing"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	testingclock "k8s.io/utils/clock/testing"
)

// Run runs the command that make returns, and returns its output.
func Run(t testing.TB, make func(genericiooptions.IOStreams) *cobra.Command, args ...string) (out, errOut string, err error) {
	t.Helper()
	return RunContext(t.Context(), make, args...)
}

// RunContext is Run with a context.
func RunContext(ctx context.Context, make func(genericiooptions.IOStreams) *cobra.Command, args ...string) (out, errOut string, err error) {
	streams, _, stdout, stderr := genericiooptions.NewTestIOStreams()
	cmd := make(streams)
	cmd.SilenceErrors = true
	cmd.SetOut(stdout)
	cmd.SetErr(stderr)
	cmd.SetArgs(args)
	err = cmd.ExecuteContext(ctx)
	return stdout.String(), stderr.String(), err
}

// FastClock is a clock on which a second takes twenty milliseconds: long enough for a
// busy machine to answer within the shortest grace of a rollout.
func FastClock(t testing.TB, now time.Time) *testingclock.FakeClock {
	t.Helper()
	clk := testingclock.NewFakeClock(now)
	ticker := time.NewTicker(20 * time.Millisecond)
	ctx := t.Context()
	go func() {
		defer ticker.Stop()
		for {
			select {
			case <-ticker.C:
				clk.Step(time.Second)
			case <-ctx.Done():
				return
			}
		}
	}()
	return clk
}
