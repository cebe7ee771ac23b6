// Package delete is the command that deletes participants.
package delete

import (
	"context"
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// Options are the arguments and flags of `kubectl flare delete`.
type Options struct {
	Participants []string
	DeleteData   bool

	printer   *output.Printer
	namespace string
	known     *workloads.Registry
	clients   clients.Clients
	genericiooptions.IOStreams
}

// New are the options of other commands that delete participants.
func New(c clients.Clients, known *workloads.Registry, printer *output.Printer, streams genericiooptions.IOStreams) *Options {
	return &Options{known: known, printer: printer, clients: c, IOStreams: streams}
}

// Delete deletes participants of a namespace.
func (o *Options) Delete(ctx context.Context, namespace string, participants []string) error {
	o.namespace, o.Participants = namespace, participants
	return o.Run(ctx)
}

// Rehearse finds out what Delete would delete.
func (o *Options) Rehearse(ctx context.Context, namespace string, participants []string) (engine.ChangeSet, error) {
	o.namespace, o.Participants = namespace, participants
	client, err := o.clients.Metadata()
	if err != nil {
		return nil, err
	}
	found, err := o.find(ctx, client)
	if err != nil {
		return nil, err
	}
	e := engine.Engine{}
	return e.Rehearse(ctx, o.plan(slices.DeleteFunc(found, o.keeps)))
}

// NewCommand makes `kubectl flare delete`.
func NewCommand(c clients.Clients, known *workloads.Registry, streams genericiooptions.IOStreams) *cobra.Command {
	o := New(c, known, output.NewPrinter(), streams)
	cmd := &cobra.Command{
		Use:                   "delete PARTICIPANT...",
		DisableFlagsInUseLine: true,
		Short:                 "Delete participants and their kits, but keep their data",
		Long: templates.LongDesc(`
			Delete participants from a namespace: Deployment or CronJob, job pods, Services, ServiceAccount,
			and all of their injected kits, with the private keys.

			The workspace, with its models, jobs and logs, is kept unless --delete-data is given. Give a
			participant's true name or the name of its objects. Deleting a participant again does no harm.
			In a governed namespace, only users with the verb "govern" on the SitePolicy may delete a
			workspace.`),
		Example: templates.Examples(`
			# Delete a client; its workspace stays, and a later launch uses it again
			kubectl flare delete Site_2

			# See what would be deleted, data included
			kubectl flare delete site-1 --delete-data --dry-run=server`),
		Args: cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			if err := o.Complete(cmd, args); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
		ValidArgsFunction: participants.Complete(o.clients),
	}
	cmd.Flags().BoolVar(&o.DeleteData, "delete-data", false, "Delete the workspace too, with its models, jobs and logs")
	o.printer.AddFlags(cmd)
	return cmd
}

// Complete reads the flags.
func (o *Options) Complete(cmd *cobra.Command, args []string) error {
	o.Participants = args
	if err := o.printer.Complete(cmd); err != nil {
		return err
	}
	var err error
	o.namespace, err = o.clients.Namespace()
	return err
}

// Run deletes. It deletes all that it can, also if an object cannot be deleted.
func (o *Options) Run(ctx context.Context) error {
	client, err := o.clients.Metadata()
	if err != nil {
		return err
	}
	found, err := o.find(ctx, client)
	if err != nil {
		return err
	}
	err = o.remove(ctx, found)
	o.reportKept(found)
	o.noteAbsent(found)
	o.noteVolumes(found)
	return err
}

// noteAbsent keeps a misspelt name from looking like a success.
func (o *Options) noteAbsent(found []object) {
	for _, arg := range o.Participants {
		if !anyOf(found, arg) {
			_, _ = fmt.Fprintf(o.ErrOut, "Note: namespace %[2]q has no objects of participant %[1]q\n", arg, o.namespace)
		}
	}
}

// noteVolumes lists the private keys that stay: a claim may hold the kits of other
// participants too.
func (o *Options) noteVolumes(found []object) {
	var noted []string
	for _, f := range found {
		if f.volume == "" || slices.Contains(noted, f.volume) {
			continue
		}
		noted = append(noted, f.volume)
		claim, folder, _ := strings.Cut(f.volume, "/")
		_, _ = fmt.Fprintf(o.ErrOut, "Note: the kit of %q, with its private key, stays on claim %q in folder %s; when no kit on the claim is needed any more, run: kubectl delete persistentvolumeclaim %s -n %s\n",
			f.participant, claim, folder, claim, o.namespace)
	}
}

func anyOf(found []object, arg string) bool {
	for _, f := range found {
		if participants.Matches(f.participant, arg) {
			return true
		}
	}
	return false
}
