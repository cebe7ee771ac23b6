package up

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"slices"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/delete"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// DownOptions are the arguments and flags of `kubectl flare down`.
type DownOptions struct {
	Name       string
	DeleteData bool
	origin

	printer *output.Printer
	known   *workloads.Registry
	all     Known
	factory *clients.Factory
	clients clients.Clients
	clock   clock.WithTicker
	changed func(string) bool
	genericiooptions.IOStreams
}

// NewDownCommand makes `kubectl flare down`.
func NewDownCommand(f *clients.Factory, known Known, streams genericiooptions.IOStreams, clk clock.WithTicker) *cobra.Command {
	o := &DownOptions{printer: output.NewPrinter(), known: known.Workloads, all: known, factory: f, clients: f.Current(), clock: clk, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "down [NAME | -f FILE | --project=FILE]",
		DisableFlagsInUseLine: true,
		Short:                 "Delete all participants of a federation, but keep their data",
		Long: templates.LongDesc(`
			Delete all participants of a federation, but keep their data.

			With a file, they are deleted from all namespaces that it names. Otherwise, NAME is that of the federation; without it, the name of the namespace, as for "kubectl flare up".
			Only what belongs to participants of this federation is deleted, with their injected kits and the
			private keys. Workspaces are kept unless --delete-data is given. The folder with the kits stays.`),
		Example: templates.Examples(`
			# Delete a federation from all of its clusters
			kubectl flare down -f federation.yaml

			# Delete the federation of a namespace, with models, jobs and logs
			kubectl flare down -n demo --delete-data`),
		Args:              cobra.MaximumNArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			o.changed = func(name string) bool { return cmd.Flag(name).Changed }
			if len(args) > 0 {
				o.Name = args[0]
			}
			if err := o.printer.Complete(cmd); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	cmd.Flags().StringVarP(&o.File, "filename", "f", "", "File of the kind Federation, or - for standard input")
	cmd.Flags().StringVar(&o.Project, "project", "", "File of a framework that says who takes part, such as project.yml")
	_ = cmd.MarkFlagFilename("filename", "yaml", "yml", "json")
	_ = cmd.MarkFlagFilename("project", "yaml", "yml")
	cmd.Flags().BoolVar(&o.DeleteData, "delete-data", false, "Delete the workspaces too, with models, jobs and logs")
	o.printer.AddFlags(cmd)
	return cmd
}

// Run deletes. Deleting a federation again does no harm.
func (o *DownOptions) Run(ctx context.Context) error {
	if o.files() {
		return o.everywhere(ctx)
	}
	namespace, err := o.clients.Namespace()
	if err != nil {
		return err
	}
	return o.from(ctx, o.clients, place{namespace: namespace}, cmp.Or(o.Name, namespace))
}

// everywhere deletes the federation from all namespaces of its file. A cluster that cannot be
// reached keeps it from none of the others.
func (o *DownOptions) everywhere(ctx context.Context) error {
	if o.Name != "" {
		return errors.New("a name and a file are both given: the file has the name")
	}
	f, base, err := o.read(o.known, o.In)
	if err != nil {
		return err
	}
	// The kits say where participants without a namespace are; what is wrong with them does not
	// matter any more.
	placing := &Options{known: o.all, factory: o.factory, clients: o.clients, clock: o.clock, changed: o.changed}
	all, err := placing.members(f, base, f.Report())
	if err != nil {
		return err
	}
	var errs []error
	for at, there := range sites(all) {
		if err := o.from(ctx, there[0].clients, at, f.Name); err != nil {
			errs = append(errs, fmt.Errorf("%s: %w", at, there[0].clients.Explain(ctx, err)))
		}
	}
	return errors.Join(errs...)
}

// from deletes the federation from one namespace.
func (o *DownOptions) from(ctx context.Context, c clients.Clients, at place, name string) error {
	all, err := launched(ctx, c, at.namespace, name)
	if err != nil {
		return err
	}
	if o.DeleteData {
		kept, err := withData(ctx, c, at.namespace, name)
		if err != nil {
			return err
		}
		all = append(all, slices.DeleteFunc(kept, func(name string) bool { return slices.Contains(all, name) })...)
	}
	if len(all) == 0 {
		_, err := fmt.Fprintf(o.ErrOut, "Note: namespace %q has no participants of a federation %q\n", at, name)
		return err
	}
	d := delete.New(c, o.known, o.printer, o.IOStreams)
	d.DeleteData = o.DeleteData
	return d.Delete(ctx, at.namespace, all)
}
