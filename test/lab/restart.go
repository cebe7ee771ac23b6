//go:build linux

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/build"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/cluster"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/step"
)

func newRestart() *cobra.Command {
	return &cobra.Command{
		Use:   "restart CLUSTER [DAEMON]",
		Short: "End a cluster as a power cut would and start it again with what it had stored, or kill one daemon, which starts again",
		Args:  cobra.RangeArgs(1, 2),
		RunE: func(cmd *cobra.Command, args []string) error {
			c, err := running(args[0])
			if err != nil {
				return err
			}
			if len(args) > 1 {
				return c.Machine().Kill(args[1])
			}
			o := &upOptions{Reporter: step.Reporter{Out: cmd.OutOrStdout()}}
			certManager, err := build.ModuleDir("github.com/cert-manager/cert-manager")
			if err == nil {
				err = o.Do("stop "+c.Name(), c.Machine().Stop)
			}
			if err != nil {
				return err
			}
			return o.startCluster(cmd.Context(), c, certManager)
		},
	}
}

// running returns a cluster that runs.
func running(name string) (cluster.Cluster, error) {
	for _, c := range cluster.All(cluster.Max) {
		if c.Name() == name && c.Machine().Running() {
			return c, nil
		}
	}
	return cluster.Cluster{}, fmt.Errorf("no cluster %q runs: `lab status` lists them", name)
}
