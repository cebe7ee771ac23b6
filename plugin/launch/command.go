package launch

import (
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
)

// NewCommand makes `kubectl flare launch`.
func NewCommand(c clients.Clients, registries Registries, streams genericiooptions.IOStreams, clk clock.WithTicker) *cobra.Command {
	o := &Options{flags: defaults(), Printer: output.NewPrinter(), registries: registries, clients: c, clock: clk, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "launch KIT --image=IMAGE",
		DisableFlagsInUseLine: true,
		Short:                 "Run a participant from its startup kit",
		Long: templates.LongDesc(`
			Run a participant from its startup kit: a folder, or a zip, tar or tgz archive of it.

			The command verifies the kit and stores its startup/ in an immutable Secret and its local/ in an
			immutable ConfigMap. A server or client runs as a Deployment that meets the Pod Security level
			"restricted", with a workspace that outlives its pods. For an admin, only the template of a pod
			is stored, for "kubectl flare job".

			The command waits until the server is ready or the client has registered with the server, and
			says why if that fails. Launching the same kit again changes nothing; launching a newer kit
			replaces the older one.`),
		Example: templates.Examples(examples(registries.Workloads.ExampleImage())),
		Args:    cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			o.sizeGiven = cmd.Flags().Changed("storage-size")
			if err := o.Complete(cmd, args); err != nil {
				return err
			}
			if err := o.Validate(); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
		ValidArgsFunction: func(_ *cobra.Command, args []string, _ string) ([]string, cobra.ShellCompDirective) {
			if len(args) > 0 {
				return nil, cobra.ShellCompDirectiveNoFileComp
			}
			return nil, cobra.ShellCompDirectiveDefault
		},
	}
	o.add(cmd, registries.Workloads)
	o.Printer.AddFlags(cmd)
	o.Printer.AddShowSecrets(cmd)
	return cmd
}

// examples are those of the help text, with a framework's image.
func examples(image string) string {
	return `
# Run the server in the namespace that its certificate names
kubectl flare launch prod_00/server1 --image=` + image + ` -n fl-server

# Run a client, and check the root certificate against the fingerprint from the project lead
kubectl flare launch prod_00/site-1 --image=` + image + ` -n fl-site-1 --root-fingerprint=5F:0C:…

# Run a client whose kit is too large for a Secret
kubectl flare launch prod_00/site-1 --image=` + image + ` -n fl-site-1 \
  --kit-claim=flare-kits --kit-image=registry.example.org/flare-kit@sha256:…

# Run each job in a pod of its own, with the settings for that in local/
kubectl flare launch prod_00/site-1 --image=` + image + ` -n fl-site-1 --job-runtime=pod

# See what would be written, without a cluster
kubectl flare launch prod_00/site-1 --image=` + image + ` --dry-run=client -o yaml`
}
