package kit

import (
	"fmt"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
)

// InspectOptions are those of `kubectl flare kit inspect`.
type InspectOptions struct {
	// PINFile has the PIN of a kit in an encrypted archive.
	PINFile string
	genericiooptions.IOStreams

	dir      string
	registry *frameworks.Registry
	clock    clock.PassiveClock
	print    printFlags
}

func newInspectCommand(registry *frameworks.Registry, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	o := &InspectOptions{IOStreams: streams, registry: registry, clock: clk}
	cmd := &cobra.Command{
		Use:                   "inspect KIT [-o json|yaml]",
		DisableFlagsInUseLine: true,
		Short:                 "Show the contents of a startup kit",
		Long: templates.LongDesc(`
			Show the participant of a startup kit, the server that it dials, the dates of its certificate, and
			the names of its objects in Kubernetes.

			The command checks nothing but dates: see "kubectl flare kit verify". It never shows the private
			key. The kit is a folder, or a zip, tar or tgz archive of it.`),
		Example: templates.Examples(`
			# Show the kit of site-1
			kubectl flare kit inspect prod_00/site-1

			# Show a kit in an archive with a PIN
			kubectl flare kit inspect site-1.zip --pin-file=pin.txt

			# Print the name of its Secret
			kubectl flare kit inspect prod_00/site-1 -o json | jq -r .objects.secret`),
		Args:              oneDir,
		ValidArgsFunction: completeKit,
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			o.Complete(args)
			if err := o.Validate(); err != nil {
				return err
			}
			return o.Run()
		},
	}
	source.AddPINFlag(cmd.Flags(), &o.PINFile)
	o.print.addFlags(cmd)
	return cmd
}

// Complete reads the arguments.
func (o *InspectOptions) Complete(args []string) { o.dir = args[0] }

// Validate checks the flags.
func (o *InspectOptions) Validate() error { return o.print.validate() }

// Run reads and prints the kit. Warnings go to standard error in every format, so that a
// pipe does not hide them.
func (o *InspectOptions) Run() error {
	k, err := source.Kit(o.registry, o.dir, source.WithPIN(o.PINFile))
	if err != nil {
		return err
	}
	view, err := newStartupKit(k, o.registry, o.clock.Now())
	if err != nil {
		return err
	}
	if err := o.print.print(o.Out, view, view.writeText); err != nil {
		return err
	}
	for _, w := range view.Warnings {
		if _, err := fmt.Fprintf(o.ErrOut, "Warning: %s\n", w); err != nil {
			return err
		}
	}
	return nil
}
