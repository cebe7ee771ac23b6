package kit

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/delivery"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/plans"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// InjectOptions are the arguments and flags of `kubectl flare kit inject`.
type InjectOptions struct {
	KitDir          string
	PINFile         string
	RootFingerprint string
	ForceConflicts  bool
	Delivery        delivery.Flags
	Printer         *output.Printer

	namespace string
	registry  *frameworks.Registry
	verified  acceptance.Verified
	kit       *kit.Kit
	clients   clients.Clients
	clock     clock.PassiveClock
	genericiooptions.IOStreams
}

func newInjectCommand(c clients.Clients, registry *frameworks.Registry, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	o := &InjectOptions{Printer: output.NewPrinter(), registry: registry, clients: c, clock: clk, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "inject KIT",
		DisableFlagsInUseLine: true,
		Short:                 "Put a kit into the cluster as a Secret and a ConfigMap",
		Long: templates.LongDesc(`
			Put a kit into the cluster.

			The command verifies the kit first, and does not inject a kit that fails a check. It stores
			startup/ in an immutable Secret and local/ in an immutable ConfigMap. Both have their digest in
			their name, so injecting the same kit again changes nothing. The private key is only in the
			Secret's data: not in an annotation, and not in the output unless --show-secrets is given.

			A kit that is too large for a Secret, such as one with a context for homomorphic encryption, is
			written to a claim with --kit-claim. It needs a seal. The Secret then contains the seal and the
			public files, and flare-verify compares the files on the claim with the seal in every pod.`),
		Example: templates.Examples(`
			# Inject a kit
			kubectl flare kit inject prod_00/site-1 -n fl-site-1

			# Check the root certificate against the fingerprint from the project lead
			kubectl flare kit inject prod_00/site-1 -n fl-site-1 --root-fingerprint=5F:0C:…

			# Put a large kit on a volume
			kubectl flare kit inject prod_00/site-1 -n fl-site-1 --kit-claim=flare-kits --kit-image=registry.example.org/flare-kit@sha256:…

			# See what would be written, without a cluster; the private key is not shown
			kubectl flare kit inject prod_00/site-1 --dry-run=client -o yaml`),
		Args: oneDir,
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			if err := o.Complete(cmd, args); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
		ValidArgsFunction: completeKit,
	}
	cmd.Flags().StringVar(&o.RootFingerprint, "root-fingerprint", "", "SHA-256 fingerprint that the kit's root certificate must have; get it from the project lead, not from the kit")
	cmd.Flags().BoolVar(&o.ForceConflicts, "force-conflicts", false, "Take over fields that other field managers have set")
	source.AddPINFlag(cmd.Flags(), &o.PINFile)
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
		return err
	}
	verified, findings, err := source.GenuineKit(o.registry, o.KitDir, o.RootFingerprint, o.clock.Now(), source.WithPIN(o.PINFile))
	if err != nil {
		return err
	}
	for _, f := range findings.With(kit.StatusWarn) {
		_, _ = fmt.Fprintln(o.ErrOut, "Warning: "+f.Message)
	}
	if o.verified, err = o.Delivery.Place(verified); err != nil {
		return err
	}
	o.kit, err = o.verified.Kit()
	return err
}

// Run injects.
func (o *InjectOptions) Run(ctx context.Context) error {
	objects, err := workloads.KitObjects(o.namespace, o.verified)
	if err != nil {
		return err
	}
	if o.Printer.DryRun.Client() {
		return o.Printer.Objects(o.IOStreams, objects)
	}
	reporter := engine.NewReporter(o.Printer, o.IOStreams)
	e := engine.Engine{ForceConflicts: o.ForceConflicts, Reporter: reporter}
	plan := plans.Inject(engine.Target{Clients: o.clients, Namespace: o.namespace}, o.kit, o.Delivery.Image, objects)
	changes, err := e.Carry(ctx, plan, o.Printer.DryRun.Server())
	return errors.Join(err, reporter.Print(changes))
}
