// Package kit is `kubectl flare kit`: the commands for startup kits before a participant
// runs from them.
package kit

import (
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
)

// Known are the frameworks that the commands know.
type Known struct {
	Frameworks *frameworks.Registry
	Workloads  *workloads.Registry
}

// NewCommand makes `kubectl flare kit` for the kits of the known frameworks.
func NewCommand(c clients.Clients, known Known, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "kit",
		Short: "Inspect, verify, seal, inject and adopt startup kits",
		Long: templates.LongDesc(`
			Inspect, verify, seal, inject and adopt startup kits.

			A startup kit is the folder that a federation's provisioning creates for one participant: its
			identity in startup/, including the private key, and its settings in local/.`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newInspectCommand(known.Frameworks, streams, clk), newVerifyCommand(known.Frameworks, streams, clk))
	cmd.AddCommand(newSealCommand(c, known, streams, clk), newSealerCommand(known.Frameworks, streams, clk))
	cmd.AddCommand(newInjectCommand(c, known.Frameworks, streams, clk), newAdoptCommand(known.Frameworks, streams, clk))
	return cmd
}

// completeKit completes the one argument, a folder or an archive.
func completeKit(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveDefault
}

// completeDir completes the one argument, a folder.
func completeDir(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}
