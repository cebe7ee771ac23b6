// Package delete is the command that takes a participant out of a namespace.
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
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
)

// Options are what `kubectl flare delete` is told.
type Options struct {
	Participants []string
	DeleteData   bool

	printer   *output.Printer
	namespace string
	clients   clients.Clients
	genericiooptions.IOStreams
}

// NewCommand makes `kubectl flare delete`.
func NewCommand(c clients.Clients, streams genericiooptions.IOStreams) *cobra.Command {
	o := &Options{printer: output.NewPrinter(), clients: c, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "delete PARTICIPANT...",
		DisableFlagsInUseLine: true,
		Short:                 "Delete participants and their kits, and keep their data",
		Long: templates.LongDesc(`
			Delete participants from a namespace: Deployment or CronJob, Services, ServiceAccount, and
			every kit of theirs that was injected, with its private key.

			The workspace, with models, jobs and logs in it, is kept unless --delete-data is given. A
			participant is named by its true name or by that of its objects. Deleting again does no harm.`),
		Example: templates.Examples(`
			# Delete a client; its workspace stays, and a later launch finds it
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
	cmd.Flags().BoolVar(&o.DeleteData, "delete-data", false, "Delete the workspace too, with models, jobs and logs in it")
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

// Run deletes. What cannot be deleted does not keep the rest from going.
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
	o.sayKept(found)
	o.sayAbsent(found)
	o.sayVolumes(found)
	return err
}

// sayAbsent keeps a misspelt name from looking like a success.
func (o *Options) sayAbsent(found []object) {
	for _, arg := range o.Participants {
		if !anyOf(found, arg) {
			_, _ = fmt.Fprintf(o.ErrOut, "Note: there is nothing of participant %q in namespace %q\n", arg, o.namespace)
		}
	}
}

// sayVolumes names the keys that stay: on a claim lie the kits of others too.
func (o *Options) sayVolumes(found []object) {
	var said []string
	for _, f := range found {
		if f.volume == "" || slices.Contains(said, f.volume) {
			continue
		}
		said = append(said, f.volume)
		claim, folder, _ := strings.Cut(f.volume, "/")
		_, _ = fmt.Fprintf(o.ErrOut, "Note: the kit of %q, with its private key, stays on claim %q in the folder %s; once no participant's kit on it is needed: kubectl delete persistentvolumeclaim %s -n %s\n",
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
