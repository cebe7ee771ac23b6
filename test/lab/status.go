//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"text/tabwriter"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/cluster"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/machine"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
)

func newStatus() *cobra.Command {
	return &cobra.Command{
		Use:   "status",
		Short: "Say which machines run, and whether their clusters serve",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			out := tabwriter.NewWriter(cmd.OutOrStdout(), 0, 0, 3, ' ', 0)
			fmt.Fprintln(out, "MACHINE\tPROCESS\tSTATE\tLOGS")
			for _, name := range known() {
				process, state := "-", "stopped"
				if pid, ok := (machine.Machine{Name: name}).PID(); ok {
					process, state = strconv.Itoa(pid), health(cmd.Context(), name)
				}
				fmt.Fprintf(out, "%s\t%s\t%s\t%s\n", name, process, state, filepath.Join(paths.Machine(name), "log"))
			}
			return out.Flush()
		},
	}
}

// known lists the machines that run and those that have left a folder.
func known() []string {
	names := machine.Running()
	entries, _ := os.ReadDir(filepath.Dir(paths.Machine("any")))
	for _, entry := range entries {
		if !slices.Contains(names, entry.Name()) {
			names = append(names, entry.Name())
		}
	}
	slices.Sort(names)
	return names
}

func health(ctx context.Context, name string) string {
	for _, c := range cluster.All(cluster.Max) {
		if c.Name() != name {
			continue
		}
		ctx, cancel := context.WithTimeout(ctx, 5*time.Second)
		defer cancel()
		out, err := c.Kubectl(ctx, "get", "nodes", "--no-headers", "--output=custom-columns=S:.status.conditions[?(@.type=='Ready')].reason,V:.status.nodeInfo.kubeletVersion")
		if err != nil {
			return "running, API server does not answer"
		}
		return "serving, " + strings.Join(strings.Fields(out), ", ")
	}
	return "running"
}
