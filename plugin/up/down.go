package up

import (
	"cmp"
	"context"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/delete"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// DownOptions are the arguments and flags of `kubectl flare down`.
type DownOptions struct {
	Name       string
	DeleteData bool

	printer *output.Printer
	known   *workloads.Registry
	clients clients.Clients
	genericiooptions.IOStreams
}

// NewDownCommand makes `kubectl flare down`.
func NewDownCommand(c clients.Clients, known *workloads.Registry, streams genericiooptions.IOStreams) *cobra.Command {
	o := &DownOptions{printer: output.NewPrinter(), known: known, clients: c, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "down [NAME]",
		DisableFlagsInUseLine: true,
		Short:                 "Delete all participants of a federation in a namespace, but keep their data",
		Long: templates.LongDesc(`
			Delete all participants of a federation in a namespace, but keep their data.

			NAME is that of the federation; without it, the name of the namespace, as for "kubectl flare up".
			Only what belongs to participants of this federation is deleted, with their injected kits and the
			private keys. Workspaces are kept unless --delete-data is given. The folder with the kits stays.`),
		Example: templates.Examples(`
			# Delete the federation of a namespace, with models, jobs and logs
			kubectl flare down -n demo --delete-data`),
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			if len(args) > 0 {
				o.Name = args[0]
			}
			if err := o.printer.Complete(cmd); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&o.DeleteData, "delete-data", false, "Delete the workspaces too, with models, jobs and logs")
	o.printer.AddFlags(cmd)
	return cmd
}

// Run deletes. Deleting a federation again does no harm.
func (o *DownOptions) Run(ctx context.Context) error {
	namespace, err := o.clients.Namespace()
	if err != nil {
		return err
	}
	name := cmp.Or(o.Name, namespace)
	all, err := launched(ctx, o.clients, namespace, name)
	if err != nil {
		return err
	}
	if o.DeleteData {
		kept, err := withData(ctx, o.clients, namespace, name)
		if err != nil {
			return err
		}
		all = append(all, slices.DeleteFunc(kept, func(name string) bool { return slices.Contains(all, name) })...)
	}
	if len(all) == 0 {
		_, err := fmt.Fprintf(o.ErrOut, "Note: namespace %q has no participants of a federation %q\n", namespace, name)
		return err
	}
	d := delete.New(o.clients, o.known, o.printer, o.IOStreams)
	d.DeleteData = o.DeleteData
	return d.Delete(ctx, namespace, all)
}
