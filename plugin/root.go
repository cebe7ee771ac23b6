// Package plugin is `kubectl flare`: the root of its command tree. One package
// per noun or verb lies below it.
package plugin

import (
	"path/filepath"
	"slices"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/delete"
	"github.com/kubectl-flare/kubectl-flare/plugin/install"
	"github.com/kubectl-flare/kubectl-flare/plugin/job"
	kitcmd "github.com/kubectl-flare/kubectl-flare/plugin/kit"
	"github.com/kubectl-flare/kubectl-flare/plugin/launch"
	"github.com/kubectl-flare/kubectl-flare/plugin/logs"
	"github.com/kubectl-flare/kubectl-flare/plugin/policy"
	"github.com/kubectl-flare/kubectl-flare/plugin/site"
	"github.com/kubectl-flare/kubectl-flare/plugin/status"
)

// Options are what the commands get from outside. Tests give their own.
type Options struct {
	ConfigFlags *genericclioptions.ConfigFlags
	IOStreams   genericiooptions.IOStreams
	Clock       clock.WithTicker
}

// DefaultOptions are the real ones. Warnings of the API server, and so those of
// the flare webhook, go to standard error.
func DefaultOptions(streams genericiooptions.IOStreams) Options {
	return Options{
		ConfigFlags: genericclioptions.NewConfigFlags(true).WithDiscoveryQPS(50).WithWarningPrinter(streams),
		IOStreams:   streams,
		Clock:       clock.RealClock{},
	}
}

// The groups of the help text.
const (
	groupKits    = "kits"
	groupGovern  = "governance"
	groupRunning = "running"
	groupJobs    = "jobs"
	groupOther   = "other"
)

// NewCommand makes the command tree.
func NewCommand(o Options) *cobra.Command {
	cmd := &cobra.Command{
		Use:         "kubectl-flare",
		Annotations: map[string]string{cobra.CommandDisplayNameAnnotation: "kubectl flare"},
		Short:       "Federated learning with NVIDIA FLARE on Kubernetes",
		Long: templates.LongDesc(`
			Takes a federated-learning federation from startup kits to a running job, on any Kubernetes
			cluster.`),
		// main prints errors, once and in kubectl's form.
		SilenceErrors: true,
		Args:          cobra.NoArgs,
		RunE:          func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddGroup(
		&cobra.Group{ID: groupKits, Title: "Startup Kits:"},
		&cobra.Group{ID: groupGovern, Title: "Governance:"},
		&cobra.Group{ID: groupRunning, Title: "Participants:"},
		&cobra.Group{ID: groupJobs, Title: "Jobs:"},
		&cobra.Group{ID: groupOther, Title: "Other Commands:"},
	)
	cmd.SetHelpCommandGroupID(groupOther)
	cmd.SetCompletionCommandGroupID(groupOther)
	cmd.SetIn(o.IOStreams.In)
	cmd.SetOut(o.IOStreams.Out)
	cmd.SetErr(o.IOStreams.ErrOut)
	o.ConfigFlags.AddFlags(cmd.PersistentFlags())
	completeFlags(cmd, o.ConfigFlags)
	addCommands(cmd, o)
	return cmd
}

func addCommands(root *cobra.Command, o Options) {
	add := func(group string, commands ...*cobra.Command) {
		for _, c := range commands {
			c.GroupID = group
			root.AddCommand(c)
		}
	}
	add(groupKits, kitcmd.NewCommand(o.ConfigFlags, o.IOStreams, o.Clock))
	add(groupGovern,
		policy.NewCommand(o.ConfigFlags, o.IOStreams, o.Clock),
		install.NewCommand(o.ConfigFlags, o.IOStreams),
		install.NewUninstallCommand(o.ConfigFlags, o.IOStreams),
		site.NewCommand(o.ConfigFlags, o.IOStreams),
	)
	add(groupRunning,
		launch.NewCommand(o.ConfigFlags, o.IOStreams, o.Clock),
		status.NewCommand(o.ConfigFlags, o.IOStreams, o.Clock),
		logs.NewCommand(o.ConfigFlags, o.IOStreams),
		delete.NewCommand(o.ConfigFlags, o.IOStreams),
	)
	add(groupJobs, job.NewCommand(o.ConfigFlags, o.IOStreams, o.Clock))
	add(groupOther, newVersionCommand(o.IOStreams))
}

// completer is the name under which kubectl calls a plugin for completions.
const completer = "kubectl_complete-flare"

// Args are the arguments that the command tree gets for a process's own: under
// kubectl's name for completers it completes.
func Args(argv []string) []string {
	if len(argv) == 0 {
		return nil
	}
	name := filepath.Base(argv[0])
	if name == completer || name == completer+".exe" {
		return slices.Concat([]string{cobra.ShellCompRequestCmd}, argv[1:])
	}
	return argv[1:]
}
