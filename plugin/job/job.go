// Package job is `kubectl flare job`: the commands with which an admin of a federation
// handles jobs, and `why`, which reads logs. Each other command creates a short-lived pod with the admin's kit, connects to the
// FL server from there, and deletes the pod, so that the admin's key is in no pod while it
// is not in use. The framework's workloads implement the protocol.
package job

import (
	"errors"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// NewCommand makes `kubectl flare job`.
func NewCommand(c clients.Clients, streams genericiooptions.IOStreams, clk clock.WithTicker, frameworks *workloads.Registry) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "job",
		Short: "Submit, list, wait for, download, abort, read the logs of and explain jobs",
		Long: templates.LongDesc(`
			Submit, list, wait for, download, abort, read the logs of and explain jobs.

			Launch an admin's kit first. Each of these commands but "why" runs a pod with that kit in the admin's
			namespace, and deletes the pod when it is done.`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	o := options{clients: c, streams: streams, clock: clk, frameworks: frameworks}
	cmd.AddCommand(newSubmit(o), newWait(o), newList(o), newDownload(o), newAbort(o), newLogs(o), newWhy(o))
	return cmd
}

// options are what all job commands share.
type options struct {
	clients clients.Clients
	streams genericiooptions.IOStreams
	clock   clock.WithTicker
	// frameworks know how to handle jobs.
	frameworks *workloads.Registry
	view       *output.View
	dryRun     output.DryRun
	// admin is the true name, or the objects' name, of the admin to act as.
	admin string
	// study is the one that the jobs belong to; empty means the framework's default.
	study string
}

func (o *options) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.admin, "admin", "", "Admin to act as, if the namespace has several")
	o.addStudy(cmd)
	_ = cmd.RegisterFlagCompletionFunc("admin", participants.Complete(o.clients))
}

// addStudy adds --study.
func (o *options) addStudy(cmd *cobra.Command) {
	cmd.Flags().StringVar(&o.study, "study", "", "Study that the job belongs to, for frameworks with studies; the server finds jobs only in their own study")
	_ = cmd.RegisterFlagCompletionFunc("study", cobra.NoFileCompletions)
}

// leaf adds what all job commands have in common.
func (o *options) leaf(cmd *cobra.Command) *cobra.Command {
	cmd.DisableFlagsInUseLine = true
	if cmd.ValidArgsFunction == nil {
		cmd.ValidArgsFunction = cobra.NoFileCompletions
	}
	o.addFlags(cmd)
	o.view = output.NewView()
	o.view.AddFlags(cmd)
	return cmd
}

// changing is leaf for commands that change something: it adds --dry-run too.
func (o *options) changing(cmd *cobra.Command) *cobra.Command {
	o.dryRun.AddClientFlag(cmd)
	return o.leaf(cmd)
}

// complete reads the flags that changing adds.
func (o *options) complete(cmd *cobra.Command) error {
	return errors.Join(o.view.Validate(), o.dryRun.Complete(cmd))
}
