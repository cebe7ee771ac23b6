package site

import (
	"fmt"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// RequestOptions are the arguments and flags of `kubectl flare site request`.
type RequestOptions struct {
	flags
	Printer *output.Printer

	plan plan
	genericiooptions.IOStreams
}

func newRequestCommand(known Known, streams genericiooptions.IOStreams) *cobra.Command {
	o := &RequestOptions{flags: flags{known: known}, Printer: output.NewPrinter(), IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "request NAMESPACE --policy=FILE",
		DisableFlagsInUseLine: true,
		Short:                 "Print what a cluster admin has to apply to govern a namespace",
		Long: templates.LongDesc(`
			Print what a cluster admin has to apply to put a namespace under a SitePolicy, for people who may
			not do that themselves. It contacts no cluster. The output is what "kubectl flare site add" writes.`),
		Example: templates.Examples(`
			# Write the request to a file and send it to a cluster admin
			kubectl flare site request fl-site-1 --policy=hospital-a.yaml --server-cidr=203.0.113.7/32 --admin=ann > request.yaml

			# List the objects that the cluster admin would apply
			kubectl flare site request fl-site-1 --policy=hospital-a.yaml --server-cidr=203.0.113.7/32 --admin=ann -o name`),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			if err := o.Complete(cmd, args); err != nil {
				return err
			}
			return o.Run()
		},
	}
	o.add(cmd)
	o.Printer.AddManifestFlags(cmd)
	return cmd
}

// Complete reads the flags and the policy.
func (o *RequestOptions) Complete(cmd *cobra.Command, args []string) error {
	if err := o.Printer.Validate(); err != nil {
		return err
	}
	var err error
	o.plan, err = newPlan(cmd.Context(), args[0], &o.flags)
	return err
}

// Run prints.
func (o *RequestOptions) Run() error {
	if o.Printer.YAML() {
		_, err := fmt.Fprintf(o.Out, "# Puts namespace %s under SitePolicy %s. A cluster admin reads this file and then runs:\n#   kubectl apply --server-side -f FILE\n",
			o.plan.namespace, o.plan.policyName)
		if err != nil {
			return err
		}
	}
	for _, warning := range o.plan.closed() {
		_, _ = fmt.Fprintln(o.ErrOut, "Warning: "+warning)
	}
	var objects []workloads.Object
	for _, object := range o.plan.manifest() {
		content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(object)
		if err != nil {
			return err
		}
		delete(content, "status") // only the server writes it
		objects = append(objects, &unstructured.Unstructured{Object: content})
	}
	return o.Printer.Objects(o.IOStreams, objects)
}
