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
		Use:   "restart CLUSTER",
		Short: "End a cluster as a power cut would, and start it again with what it had stored",
		Args:  cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			for _, c := range cluster.All(cluster.Max) {
				if c.Name() == args[0] && c.Machine().Running() {
					o := &upOptions{Reporter: step.Reporter{Out: cmd.OutOrStdout()}}
					certManager, err := build.ModuleDir("github.com/cert-manager/cert-manager")
					if err == nil {
						err = o.Do("stop "+c.Name(), c.Machine().Stop)
					}
					if err != nil {
						return err
					}
					return o.startCluster(cmd.Context(), c, certManager)
				}
			}
			return fmt.Errorf("no cluster %q runs: `lab status` lists them", args[0])
		},
	}
}
