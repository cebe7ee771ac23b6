//go:build linux

package main

import (
	"fmt"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/machine"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/step"
)

func newDown() *cobra.Command {
	return &cobra.Command{
		Use:   "down",
		Short: "End the lab and remove what it made, but for the cache",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			return down(step.Reporter{Out: cmd.OutOrStdout()})
		},
	}
}

// down works from what is there, so that it also clears up after an `up` that
// failed or was ended.
func down(report step.Reporter) error {
	for _, name := range machine.Running() {
		if err := report.Do("stop "+name, machine.Machine{Name: name}.Stop); err != nil {
			return err
		}
	}
	if err := machine.RemoveCgroups(); err != nil {
		return err
	}
	if err := machine.RemoveWire(); err != nil {
		return err
	}
	return removeState()
}

// removeState fails to remove below a mount: what is mounted there may be
// somebody's data.
func removeState() error {
	mounts, err := os.ReadFile("/proc/self/mounts")
	if err != nil {
		return err
	}
	for line := range strings.Lines(string(mounts)) {
		if fields := strings.Fields(line); len(fields) > 1 && strings.HasPrefix(fields[1], paths.State) {
			return fmt.Errorf("%s is mounted below the lab's folder: unmount it, then run `lab down` again", fields[1])
		}
	}
	return os.RemoveAll(paths.State)
}
