// Package kit is `kubectl flare kit`: what a person does with a startup kit
// before a participant runs from it.
package kit

import (
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"
)

// NewCommand makes `kubectl flare kit`.
func NewCommand(getter genericclioptions.RESTClientGetter, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "kit",
		Short: "Look into startup kits, verify and seal them, and put them into the cluster",
		Long: templates.LongDesc(`
			Look into startup kits, verify and seal them, and put them into the cluster.

			A startup kit is the folder that "nvflare provision" makes for one participant of a federation:
			its identity in startup/, private key included, and its settings in local/.`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newInspectCommand(streams, clk), newVerifyCommand(streams, clk))
	cmd.AddCommand(newSealCommand(streams, clk), newSealerCommand(streams, clk))
	cmd.AddCommand(newInjectCommand(getter, streams, clk))
	return cmd
}

// completeDir completes the one argument, a folder.
func completeDir(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
	if len(args) > 0 {
		return nil, cobra.ShellCompDirectiveNoFileComp
	}
	return nil, cobra.ShellCompDirectiveFilterDirs
}
