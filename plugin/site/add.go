package site

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/manifests"
	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/samples"
)

// AddOptions are the arguments and flags of `kubectl flare site add`.
type AddOptions struct {
	flags
	ForceConflicts bool
	Printer        *output.Printer

	plan    plan
	clients clients.Clients
	genericiooptions.IOStreams
}

func newAddCommand(c clients.Clients, known Known, streams genericiooptions.IOStreams) *cobra.Command {
	o := &AddOptions{flags: flags{known: known}, Printer: output.NewPrinter(), clients: c, IOStreams: streams}
	image := exampleImage(known.Workloads)
	cmd := &cobra.Command{
		Use:                   "add NAMESPACE --policy=FILE",
		DisableFlagsInUseLine: true,
		Short:                 "Put a namespace under a SitePolicy",
		Long: templates.LongDesc(`
			Put a namespace under a SitePolicy.

			The command writes the SitePolicy, lets the webhook read the kits of this namespace only, closes
			the network except for DNS and the FL server, grants people their permissions, and labels the
			namespace last. None of these permissions includes reading Secrets. The built-in role "edit" can
			read every kit and impersonate ServiceAccounts, so do not bind it in this namespace.

			A policy that the command makes denies pods that are no participants; --other-pods=Isolated
			allows them without access to kits, data and workspaces.

			Pods that are already running keep running.`),
		Example: templates.Examples(`
			# Govern a namespace with a policy from a file
			kubectl flare site add fl-site-1 --policy=hospital-a.yaml --server-cidr=203.0.113.7/32 --admin=ann

			# Create the policy from what the project lead gave you by telephone
			kubectl flare site add fl-site-1 --root-fingerprint=5F:0C:… --participant=site-1 --image=` + image + `

			# Do the same for the FL server, and for people who submit jobs with an admin's kit
			kubectl flare site add fl-server --root-fingerprint=5F:0C:… --participant=server1 --participant=lead@hospital-a.org --interactive-role=admin --image=` + image + ` --hosts-server

			# Begin with a sample, and look at it first
			kubectl flare site add fl-site-1 --sample=` + samples.Names()[0] + ` --root-fingerprint=5F:0C:… --participant=site-1 --image=` + image + ` --dry-run=client -o yaml

			# Put another namespace under an existing policy
			kubectl flare site add fl-site-1b --policy-name=hospital-a`),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			if err := o.Complete(cmd, args); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	o.add(cmd)
	cmd.Flags().BoolVar(&o.ForceConflicts, "force-conflicts", false, "Take over fields that other field managers have set")
	o.Printer.AddFlags(cmd)
	return cmd
}

// Complete reads the flags and the policy.
func (o *AddOptions) Complete(cmd *cobra.Command, args []string) error {
	if err := o.Printer.Complete(cmd); err != nil {
		return err
	}
	var err error
	o.plan, err = newPlan(cmd.Context(), args[0], &o.flags)
	return err
}

func newPlan(ctx context.Context, namespace string, f *flags) (plan, error) {
	p := plan{namespace: namespace, flags: f}
	var err error
	p.policy, p.policyName, err = f.policy(ctx, namespace)
	if p.policy != nil {
		p.of(p.policy)
	}
	return p, errors.Join(err, f.checkNetwork(), p.surroundings.given(f.APIServers))
}

// Run puts the namespace under the policy.
func (o *AddOptions) Run(ctx context.Context) error {
	if len(o.plan.servers()) == 0 && !o.HostsServer {
		o.warn("the network policies allow no FL server: give --server-namespace or --server-cidr, or --hosts-server if the server runs in this namespace")
	}
	if o.Sample != "" && len(o.plan.policy.Spec.Data) > 0 {
		o.warn("the sample allows the claim " + o.plan.policy.Spec.Data[0].ClaimName + " as data: change spec.data of the SitePolicy if yours has another name")
	}
	if o.Printer.DryRun.Client() {
		o.warnAll(o.plan.closed())
		return o.Printer.Objects(o.IOStreams, o.plan.manifest())
	}
	if err := o.installed(ctx); err != nil {
		return err
	}
	if err := o.preflight(ctx); err != nil {
		return err
	}
	o.warnAll(o.plan.closed())
	reporter := engine.NewReporter(o.Printer, o.IOStreams)
	e := engine.Engine{ForceConflicts: o.ForceConflicts, Reporter: reporter}
	changes, err := e.Carry(ctx, o.steps(), o.Printer.DryRun.Server())
	if meta.IsNoMatchError(err) {
		return errNotInstalled
	}
	return errors.Join(err, reporter.Print(changes))
}

// steps label the namespace last, and write nothing else of it.
func (o *AddOptions) steps() engine.Plan {
	return engine.Plan{
		Subject: o.plan.namespace,
		Target:  engine.Target{Clients: o.clients, Namespace: o.plan.namespace},
		Steps: []engine.Step{
			&engine.Apply{Stages: [][]workloads.Object{o.plan.objects()}},
			&engine.Apply{Stages: [][]workloads.Object{{o.plan.label()}}, Adopt: true, Configured: labeled},
		},
	}
}

// labeled is kubectl's word.
const labeled engine.Action = "labeled"

var errNotInstalled = errors.New("the webhook is not installed in this cluster, so nothing would enforce the policy: ask a cluster admin to run `kubectl flare install` first")

// installed makes sure that the webhook is there: without it, the label only looks like
// protection.
func (o *AddOptions) installed(ctx context.Context) error {
	typed, err := o.clients.Typed()
	if err != nil {
		return err
	}
	_, err = typed.AdmissionregistrationV1().ValidatingWebhookConfigurations().Get(ctx, manifests.Webhook, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return errNotInstalled
	case apierrors.IsForbidden(err):
		o.warn("you may not see whether the webhook is installed; without it, nothing enforces the policy")
		return nil
	}
	return err
}

func (o *AddOptions) warn(text string) { _, _ = fmt.Fprintln(o.ErrOut, "Warning: "+text) }
