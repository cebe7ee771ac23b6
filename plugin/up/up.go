// Package up is `kubectl flare up` and `down`: a whole federation in one namespace, from a
// number of clients to running participants and the result of a job, and away again.
package up

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/launch"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/provision"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
)

// Known is what the commands know of each framework.
type Known struct {
	Frameworks *frameworks.Registry
	Workloads  *workloads.Registry
}

// Options are the arguments and flags of `kubectl flare up`.
type Options struct {
	flags
	// AppDir is the job's folder; without one, no job is run.
	AppDir string

	printer   *output.Printer
	reporter  *engine.Reporter
	known     Known
	framework frameworks.Registered
	objects   *workloads.Framework
	template  workloads.Participant
	clients   clients.Clients
	clock     clock.WithTicker
	genericiooptions.IOStreams
}

// NewCommand makes `kubectl flare up`.
func NewCommand(c clients.Clients, known Known, streams genericiooptions.IOStreams, clk clock.WithTicker) *cobra.Command {
	o := &Options{flags: flags{Pods: launch.NewPods(), Clients: 2}, printer: output.NewPrinter(), known: known, clients: c, clock: clk, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "up [APP_DIR] --framework=NAME --image=IMAGE",
		DisableFlagsInUseLine: true,
		Short:                 "Run a whole federation in one namespace, and a job in it",
		Long: templates.LongDesc(`
			Run a whole federation in one namespace, and a job in it.

			The command makes the startup kits of a server, of the clients and of an admin, with a root of their
			own, runs a participant from each of them and waits until the clients have joined. Each client gets a
			partition of the data. With APP_DIR, it then submits the job in this folder and waits for its end.

			The kits and the root's private key are in the folder --out, which only you can read. Run the command
			again to change the federation: with another number of clients, the new ones are added, or those that
			are too many are deleted, with their keys but not their data. "kubectl flare down" deletes all of it.

			Use it to try an app with several clients. Where each site has a cluster of its own, hand out the kits
			of "kubectl flare provision" instead.`),
		Example: templates.Examples(examples(known.Frameworks.Provisioners())),
		Args:    cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			if err := o.Complete(cmd, args); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
	}
	o.add(cmd, known)
	o.printer.DryRun.AddClientFlag(cmd)
	return cmd
}

// Run brings the federation up. What cannot work is found before the first change, as far as
// it can be known then.
func (o *Options) Run(ctx context.Context) error {
	job, err := o.job()
	if err != nil {
		return err
	}
	list, err := o.kits()
	if err != nil {
		return err
	}
	if o.printer.DryRun.Client() {
		return output.NewView().Print(o.Out, list.Document())
	}
	if err := o.partition(list); err != nil {
		return err
	}
	if err := o.launchAll(ctx, list); err != nil {
		return err
	}
	if err := o.deleteOthers(ctx, list); err != nil {
		return err
	}
	if job == nil {
		return nil
	}
	return job.Run(ctx)
}

// kits makes the kits that are missing.
func (o *Options) kits() (*provision.List, error) {
	p := provision.NewOptions(o.known.Frameworks, o.IOStreams, o.clock)
	p.Dir, p.Framework, p.File, p.DryRun = o.Dir, o.framework.Name(), "the federation", o.printer.DryRun
	list, err := p.Make(o.federation())
	if err != nil {
		return nil, err
	}
	for _, item := range list.Items {
		if item.Folder == "" {
			return nil, errors.New("the kit of " + item.Participant + " is not in " + o.Dir + ": put it back, or give another folder with --out")
		}
	}
	return list, nil
}
