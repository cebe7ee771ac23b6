package policy

import (
	"context"
	"errors"
	"fmt"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/policy/offline"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
)

// CheckOptions are the flags of `kubectl flare policy check`.
type CheckOptions struct {
	Files      source.Files
	PolicyFile string
	Kits       []string
	AsUser     string
	Mutate     bool

	namespace string
	known     Known
	clients   clients.Clients
	clock     clock.PassiveClock
	print     printFlags
	genericiooptions.IOStreams
}

func newCheckCommand(c clients.Clients, known Known, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	o := &CheckOptions{known: known, clients: c, clock: clk, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "check -f FILE [--policy=FILE] [--kit=DIR] [-n NAMESPACE] [--as-user=USER] [-o json|yaml]",
		DisableFlagsInUseLine: true,
		Short:                 "Evaluate manifests as the webhook would, without a cluster",
		Long: templates.LongDesc(`
			Evaluate manifests as the webhook would, without a cluster. The command fails if an object would
			be denied.

			It evaluates the creation of pods, workloads, Secrets and ConfigMaps with a reserved name, and
			SitePolicies. The SitePolicy is the one given with --policy, or else the one that the label of a
			Namespace in the files names, or else the only one in the files. Kits are read from the folders
			given with --kit and from the Secrets in the files.

			The command assumes what no file can say, and its output lists these assumptions. It does not
			evaluate break-glass, updates, and requests such as exec.`),
		Example: templates.Examples(`
			# Evaluate what launch would write
			kubectl flare launch kits/site-1 --image=` + known.Workloads.ExampleImage() + ` --dry-run=client -o yaml |
			  kubectl flare policy check -f - --policy=sitepolicy.yaml --kit=kits/site-1 -n fl-site-1

			# Evaluate a folder of manifests with its Namespace and SitePolicy
			kubectl flare policy check -f deploy/

			# Evaluate a job pod that the launcher creates
			kubectl flare policy check -f job.yaml --policy=sitepolicy.yaml --kit=kits/site-1 -n fl-site-1 \
			  --as-user=system:serviceaccount:fl-site-1:site-1`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			o.Complete()
			if err := o.Validate(); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
		ValidArgsFunction: cobra.NoFileCompletions,
	}
	o.addFlags(cmd)
	return cmd
}

func (o *CheckOptions) addFlags(cmd *cobra.Command) {
	o.Files.AddFlags(cmd.Flags(), "File, folder or URL with the objects to evaluate; - is standard input")
	cmd.Flags().StringVar(&o.PolicyFile, "policy", "", "File with the SitePolicy that governs the objects")
	cmd.Flags().StringArrayVar(&o.Kits, "kit", nil, "Folder of a startup kit that the objects may refer to; may be given more than once")
	cmd.Flags().StringVar(&o.AsUser, "as-user", "", "User who creates the objects; only a launcher of the policy may create job pods")
	cmd.Flags().BoolVar(&o.Mutate, "mutate", true, "Change pods as the mutating webhook would before evaluating them")
	_ = cmd.MarkFlagFilename("policy", "yaml", "yml", "json")
	_ = cmd.MarkFlagDirname("kit")
	o.print.addFlags(cmd)
}

// Complete finds the namespace. An unreadable kubeconfig does not matter here.
func (o *CheckOptions) Complete() {
	var err error
	if o.namespace, err = o.clients.Namespace(); err != nil || o.namespace == "" {
		o.namespace = "default"
	}
}

// Validate checks the flags.
func (o *CheckOptions) Validate() error {
	if !o.Files.Given() {
		return errors.New("nothing to evaluate: give a file or folder with -f, or -f - for standard input")
	}
	return errors.Join(o.Files.Validate(), o.print.validate())
}

// Run evaluates the objects, prints the verdicts and fails if one is denied.
func (o *CheckOptions) Run(ctx context.Context) error {
	objects, err := o.Files.All(ctx, o.In)
	if err != nil {
		return err
	}
	snapshot, err := o.snapshot(ctx, objects)
	if err != nil {
		return err
	}
	report, err := newCheckReport(snapshot, objects, o.AsUser, o.Mutate)
	if err != nil {
		return err
	}
	if err := o.print.print(o.Out, report, report.writeText); err != nil {
		return err
	}
	if n := report.Summary.Denied; n > 0 {
		return fmt.Errorf("%d of %d objects would be denied", n, report.Summary.evaluated())
	}
	return nil
}

func (o *CheckOptions) snapshot(ctx context.Context, objects []source.Object) (*offline.Snapshot, error) {
	snapshot := offline.New(o.known.Catalog, o.known.Frameworks, o.namespace, o.clock.Now(), objects)
	if o.PolicyFile != "" {
		var err error
		if snapshot.Governing, err = offline.ReadPolicy(ctx, o.known.Catalog, o.PolicyFile); err != nil {
			return nil, err
		}
	}
	for _, dir := range o.Kits {
		if err := snapshot.AddKit(dir); err != nil {
			return nil, err
		}
	}
	return snapshot, nil
}
