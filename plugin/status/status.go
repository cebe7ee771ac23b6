// Package status is the command that shows the participants of a namespace.
package status

import (
	"context"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/kubernetes"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// Options are the flags of `kubectl flare status`.
type Options struct {
	AllNamespaces bool

	view      *output.View
	namespace string
	clients   clients.Clients
	clock     clock.PassiveClock
	// frameworks know how to find out whether a participant has joined.
	frameworks *workloads.Registry
	genericiooptions.IOStreams
}

// NewCommand makes `kubectl flare status`.
func NewCommand(c clients.Clients, streams genericiooptions.IOStreams, clk clock.PassiveClock, frameworks *workloads.Registry) *cobra.Command {
	o := &Options{view: output.NewView(), clients: c, clock: clk, frameworks: frameworks, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "status",
		DisableFlagsInUseLine: true,
		Short:                 "Show participants, their state, and how long their kits are valid",
		Long: templates.LongDesc(`
			Show the participants of a namespace: whether they are ready, whether they have registered with
			their server, and for how many days their certificates are still valid. A participant with
			several workloads has a row for each.

			REGISTERED often comes from a log. It is "unknown" if you may not read the log, or if the log does
			not go back far enough. The command needs no permission to read Secrets.`),
		Example: templates.Examples(`
			# Show the participants of the current namespace
			kubectl flare status

			# Show the participants of all namespaces, with images and pods
			kubectl flare status -A -o wide

			# Find the kits that expire within 30 days
			kubectl flare status -A -o json | jq '.items[] | select(.daysLeft < 30) | .participant'`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			if err := o.Complete(); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	cmd.Flags().BoolVarP(&o.AllNamespaces, "all-namespaces", "A", false, "Show the participants of all namespaces")
	o.view.AddFlags(cmd)
	o.view.AddNoHeaders(cmd)
	return cmd
}

// Complete finds the namespace and checks the output format.
func (o *Options) Complete() error {
	if err := o.view.Validate(); err != nil || o.AllNamespaces {
		return err
	}
	var err error
	o.namespace, err = o.clients.Namespace()
	return err
}

// Run prints the table.
func (o *Options) Run(ctx context.Context) error {
	typed, err := o.clients.Typed()
	if err != nil {
		return err
	}
	items, err := o.gather(ctx, typed)
	if err != nil {
		return err
	}
	return o.print(items)
}

func (o *Options) gather(ctx context.Context, typed kubernetes.Interface) ([]Item, error) {
	all, err := participants.List(ctx, typed, o.namespace)
	if err != nil {
		return nil, err
	}
	pods, err := participants.ListPods(ctx, typed, o.namespace)
	if err != nil {
		return nil, err
	}
	items := make([]Item, len(all))
	for i, p := range all {
		items[i] = newItem(p, pods, o.clock.Now())
	}
	o.lookForJoined(ctx, typed, all, pods, items)
	return items, nil
}
