package site

import (
	"fmt"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// RequestOptions are what `kubectl flare site request` is told.
type RequestOptions struct {
	flags
	plan plan
	genericiooptions.IOStreams
}

func newRequestCommand(known Known, streams genericiooptions.IOStreams) *cobra.Command {
	o := &RequestOptions{flags: flags{known: known}, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "request NAMESPACE --policy=FILE",
		DisableFlagsInUseLine: true,
		Short:                 "Print what a cluster admin has to apply to govern a namespace",
		Long: templates.LongDesc(`
			Print what a cluster admin has to apply to put a namespace under a SitePolicy, for those who may
			not do it themselves. It asks no cluster. The output is what "kubectl flare site add" writes.`),
		Example: templates.Examples(`
			# Write the request to a file and hand it over
			kubectl flare site request fl-site-1 --policy=hospital-a.yaml --server-cidr=203.0.113.7/32 --admin=ann > request.yaml`),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			var err error
			if o.plan, err = newPlan(cmd.Context(), args[0], &o.flags); err != nil {
				return err
			}
			return o.Run()
		},
	}
	o.add(cmd)
	return cmd
}

// Run prints.
func (o *RequestOptions) Run() error {
	_, err := fmt.Fprintf(o.Out, "# Puts namespace %s under the SitePolicy %s. To be read by a cluster admin, and then:\n#   kubectl apply --server-side -f FILE\n",
		o.plan.namespace, o.plan.policyName)
	if err != nil {
		return err
	}
	for _, object := range append(o.plan.objects(), o.plan.label()) {
		if err := o.print(object); err != nil {
			return err
		}
	}
	return nil
}

// print leaves out what only a server writes.
func (o *RequestOptions) print(object workloads.Object) error {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
	if err != nil {
		return err
	}
	delete(content, "status")
	data, err := yaml.Marshal(content)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(o.Out, "---\n%s", data)
	return err
}
