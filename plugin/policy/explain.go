package policy

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/policy/offline"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies"
)

// ExplainOptions are the arguments and flags of `kubectl flare policy explain`.
type ExplainOptions struct {
	Pod        string
	Files      source.Files
	PolicyFile string
	Kits       []string
	AsUser     string

	namespace string
	known     Known
	clients   clients.Clients
	clock     clock.PassiveClock
	print     printFlags
	genericiooptions.IOStreams
}

func newExplainCommand(c clients.Clients, known Known, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	o := &ExplainOptions{known: known, clients: c, clock: clk, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "explain (POD | -f FILE) [--policy=FILE] [--kit=DIR] [-n NAMESPACE] [-o json|yaml]",
		DisableFlagsInUseLine: true,
		Short:                 "Explain which policy governs a pod and what every check says about it",
		Long: templates.LongDesc(`
			Explain which SitePolicy governs a pod and why, which webhooks see requests for it, which entries
			of the policy it matches, and what every check says, also those that pass.

			The command evaluates a pod of the cluster as if it were created now. It reports what you may not
			read. This is the usual case for kit Secrets, which hold a private key: give the kit's folder with
			--kit instead. With -f the command contacts no cluster.`),
		Example: templates.Examples(`
			# Explain a pod
			kubectl flare policy explain site-1-6d5f7c-x2x4l -n fl-site-1

			# Explain a pod whose kit Secret you may not read
			kubectl flare policy explain site-1-6d5f7c-x2x4l -n fl-site-1 --kit=kits/site-1

			# Explain a manifest
			kubectl flare policy explain -f pod.yaml --policy=sitepolicy.yaml --kit=kits/site-1

			# List the checks that fail
			kubectl flare policy explain -f pod.yaml --policy=sitepolicy.yaml -o json |
			  jq -r '.items[].checks[] | select(.verdict == "fail") | .id'`),
		Args: cobra.MaximumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			if err := o.Complete(args); err != nil {
				return err
			}
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

func (o *ExplainOptions) addFlags(cmd *cobra.Command) {
	o.Files.AddFlags(cmd.Flags(), "File, folder or URL with the objects to explain; - is standard input")
	cmd.Flags().StringVar(&o.PolicyFile, "policy", "", "File with a SitePolicy to use instead of the one that governs the pod")
	cmd.Flags().StringArrayVar(&o.Kits, "kit", nil, "Folder of a startup kit that the pod refers to; may be given more than once")
	cmd.Flags().StringVar(&o.AsUser, "as-user", "", "User who creates the pod; for a job pod, the launcher of its participant is the default")
	_ = cmd.MarkFlagFilename("policy", "yaml", "yml", "json")
	_ = cmd.MarkFlagDirname("kit")
	o.print.addFlags(cmd)
}

// Complete reads the argument and finds the namespace. With -f an unreadable
// kubeconfig does not matter.
func (o *ExplainOptions) Complete(args []string) error {
	if len(args) > 0 {
		o.Pod = args[0]
	}
	var err error
	o.namespace, err = o.clients.Namespace()
	if o.Files.Given() && (err != nil || o.namespace == "") {
		o.namespace, err = "default", nil
	}
	return err
}

// Validate checks the flags.
func (o *ExplainOptions) Validate() error {
	if (o.Pod == "") != o.Files.Given() {
		return errors.New("give either the name of a pod or a file with -f")
	}
	return errors.Join(o.Files.Validate(), o.print.validate())
}

// Run explains.
func (o *ExplainOptions) Run(ctx context.Context) error {
	var governing *policies.Policy
	if o.PolicyFile != "" {
		var err error
		if governing, err = offline.ReadPolicy(ctx, o.known.Catalog, o.PolicyFile); err != nil {
			return err
		}
	}
	s, err := o.inputs(ctx, governing)
	if err != nil {
		return err
	}
	s.snapshot.Governing = governing
	for _, dir := range o.Kits {
		if err := s.snapshot.AddKit(dir); err != nil {
			return err
		}
	}
	report, err := s.report(o.AsUser)
	if err != nil {
		return err
	}
	return o.print.print(o.Out, report, report.writeText)
}

// inputs come from files or from the cluster.
func (o *ExplainOptions) inputs(ctx context.Context, governing *policies.Policy) (*inputs, error) {
	if o.Pod != "" {
		return o.live(ctx, governing)
	}
	objects, err := o.Files.All(ctx, o.In)
	if err != nil {
		return nil, err
	}
	s := &inputs{
		snapshot: offline.New(o.known.Catalog, o.known.Frameworks, o.namespace, o.clock.Now(), objects),
		objects:  pods(objects), prefixes: o.known.Catalog.Profiles().Prefixes(), mutate: true,
	}
	if len(s.objects) == 0 {
		return nil, errors.New("the files contain no pod and no workload: give a file with one, or evaluate other objects with `kubectl flare policy check`")
	}
	return s, s.registered(objects)
}
