package kit

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/apply"
	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/delivery"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads/nvflare"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// InjectOptions are what `kubectl flare kit inject` is told.
type InjectOptions struct {
	KitDir          string
	RootFingerprint string
	ForceConflicts  bool
	Delivery        delivery.Flags
	Printer         *output.Printer

	namespace string
	registry  *frameworks.Registry
	kit       *kit.Kit
	clients   clients.Clients
	clock     clock.PassiveClock
	genericiooptions.IOStreams
}

func newInjectCommand(getter genericclioptions.RESTClientGetter, registry *frameworks.Registry, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	o := &InjectOptions{Printer: output.NewPrinter(), registry: registry, clients: clients.New(getter), clock: clk, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "inject KIT_DIR",
		DisableFlagsInUseLine: true,
		Short:                 "Put a kit into the cluster as a Secret and a ConfigMap",
		Long: templates.LongDesc(`
			Put a kit into the cluster.

			The kit is verified first; a kit that fails a check is not injected. Its startup/ becomes an
			immutable Secret and its local/ an immutable ConfigMap, both named by their digest, so that
			injecting the same kit again changes nothing. The private key is in the Secret's data and
			nowhere else: in no annotation, and in no output unless --show-secrets asks for it.

			A kit that is too large for a Secret, such as one with a context for homomorphic encryption,
			goes onto a claim with --kit-claim. It needs a seal; the Secret then holds the seal and what is
			public, and in every pod flare-verify compares what lies on the claim with it.`),
		Example: templates.Examples(`
			# Inject a kit
			kubectl flare kit inject prod_00/site-1 -n fl-site-1

			# Insist on the root certificate that the project lead told by telephone
			kubectl flare kit inject prod_00/site-1 -n fl-site-1 --root-fingerprint=5F:0C:…

			# Put a large kit on a volume
			kubectl flare kit inject prod_00/site-1 -n fl-site-1 --kit-claim=flare-kits --kit-image=registry.example.org/flare-kit@sha256:…

			# See what would be written, without a cluster; the key is not shown
			kubectl flare kit inject prod_00/site-1 --dry-run=client -o yaml`),
		Args: oneDir,
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			if err := o.Complete(cmd, args); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
		ValidArgsFunction: completeDir,
	}
	cmd.Flags().StringVar(&o.RootFingerprint, "root-fingerprint", "", "SHA-256 fingerprint that the kit's root certificate must have, as the project lead told it")
	cmd.Flags().BoolVar(&o.ForceConflicts, "force-conflicts", false, "Take over fields that others have set")
	o.Delivery.Add(cmd.Flags())
	o.Printer.AddFlags(cmd)
	o.Printer.AddShowSecrets(cmd)
	return cmd
}

// Complete reads the flags and the kit, and verifies the kit.
func (o *InjectOptions) Complete(cmd *cobra.Command, args []string) error {
	o.KitDir = args[0]
	if err := errors.Join(o.Printer.Complete(cmd), o.Delivery.Validate()); err != nil {
		return err
	}
	var err error
	if o.namespace, err = o.clients.Namespace(); err != nil {
		return o.clients.Explain(cmd.Context(), err)
	}
	verified, findings, err := source.GenuineKit(o.registry, o.KitDir, o.RootFingerprint, o.clock.Now())
	if err != nil {
		return err
	}
	for _, f := range findings.With(kit.StatusWarn) {
		_, _ = fmt.Fprintln(o.ErrOut, "Warning: "+f.Message)
	}
	if o.kit, err = verified.Kit(); err != nil {
		return err
	}
	o.kit, err = o.Delivery.Place(o.kit)
	return err
}

// Run injects.
func (o *InjectOptions) Run(ctx context.Context) error {
	objects, err := nvflare.KitObjects(o.namespace, o.kit)
	if err != nil {
		return err
	}
	if o.Printer.ClientDryRun() {
		return o.Printer.Objects(o.Out, objects)
	}
	applier, err := apply.New(o.clients)
	if err != nil {
		return o.clients.Explain(ctx, err)
	}
	applier.ForceConflicts = o.ForceConflicts
	courier := delivery.Courier{
		Clients: o.clients, Applier: applier, Namespace: o.namespace, Kit: o.kit, Image: o.Delivery.Image,
		Progress: o.Printer.Progress(o.IOStreams), ErrOut: o.ErrOut,
	}
	results, err := courier.Apply(ctx, objects, o.Printer.ServerDryRun())
	if printErr := o.Printer.Results(o.Out, results); err == nil {
		err = printErr
	}
	return err
}
