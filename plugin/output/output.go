// Package output prints objects that a command has written, or would write, the
// way kubectl does. Of a Secret it shows sizes, unless told to show all.
package output

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/client-go/kubernetes/scheme"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"

	"github.com/kubectl-flare/kubectl-flare/plugin/apply"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// Printer prints what a mutating command did.
type Printer struct {
	flags       *genericclioptions.PrintFlags
	dryRun      cmdutil.DryRunStrategy
	showSecrets *bool
}

// NewPrinter makes a Printer, which AddFlags binds to a command.
func NewPrinter() *Printer {
	return &Printer{flags: genericclioptions.NewPrintFlags("").WithTypeSetter(scheme.Scheme), showSecrets: new(false)}
}

// AddFlags adds --output and --dry-run.
func (p *Printer) AddFlags(cmd *cobra.Command) {
	p.flags.AddFlags(cmd)
	cmdutil.AddDryRunFlag(cmd)
}

// AddShowSecrets adds --show-secrets.
func (p *Printer) AddShowSecrets(cmd *cobra.Command) {
	cmd.Flags().BoolVar(p.showSecrets, "show-secrets", false, "Print the private key and the other content of Secrets instead of sizes")
}

// Complete reads what the flags say.
func (p *Printer) Complete(cmd *cobra.Command) error {
	var err error
	p.dryRun, err = cmdutil.GetDryRunStrategy(cmd)
	if err != nil {
		return err
	}
	_, err = p.flags.ToPrinter()
	return err
}

// ClientDryRun says that nothing may be asked of a cluster.
func (p *Printer) ClientDryRun() bool { return p.dryRun == cmdutil.DryRunClient }

// ServerDryRun says that the server is asked, and nothing written.
func (p *Printer) ServerDryRun() bool { return p.dryRun == cmdutil.DryRunServer }

// Structured says whether standard output is for machines.
func (p *Printer) Structured() bool { return p.format() != "" }

// Progress is where a person reads how far a command is: not on standard output
// where that is for machines.
func (p *Printer) Progress(streams genericiooptions.IOStreams) io.Writer {
	if p.Structured() {
		return streams.ErrOut
	}
	return streams.Out
}

func (p *Printer) format() string { return *p.flags.OutputFormat }

// Suffix is what kubectl appends to a line of a dry run.
func (p *Printer) Suffix() string {
	switch p.dryRun {
	case cmdutil.DryRunNone:
	case cmdutil.DryRunClient:
		return " (dry run)"
	case cmdutil.DryRunServer:
		return " (server dry run)"
	}
	return ""
}

// Objects prints what a client-side dry run would write.
func (p *Printer) Objects(out io.Writer, objects []workloads.Object) error {
	if p.Structured() {
		return p.structured(out, objects)
	}
	for _, obj := range objects {
		_, singular := meta.UnsafeGuessKindToResource(obj.GetObjectKind().GroupVersionKind())
		if _, err := fmt.Fprintf(out, "%s/%s created%s\n", singular.GroupResource(), obj.GetName(), p.Suffix()); err != nil {
			return err
		}
	}
	return nil
}

// Results prints what an apply has come to.
func (p *Printer) Results(out io.Writer, results []apply.Result) error {
	if !p.Structured() {
		for _, r := range results {
			if _, err := fmt.Fprintf(out, "%s %s%s\n", r.Name, r.Action, p.Suffix()); err != nil {
				return err
			}
		}
		return nil
	}
	objects := make([]workloads.Object, 0, len(results))
	for _, r := range results {
		if r.Object.GetKind() != "Secret" {
			objects = append(objects, r.Object)
			continue
		}
		secret := &corev1.Secret{}
		if err := runtime.DefaultUnstructuredConverter.FromUnstructured(r.Object.Object, secret); err != nil {
			return err
		}
		objects = append(objects, secret)
	}
	return p.structured(out, objects)
}

func (p *Printer) structured(out io.Writer, objects []workloads.Object) error {
	printer, err := p.flags.ToPrinter()
	if err != nil {
		return err
	}
	shown := make([]runtime.Object, 0, len(objects))
	for _, obj := range objects {
		if !*p.showSecrets {
			obj = workloads.Redact(obj)
		}
		shown = append(shown, obj)
	}
	if p.format() == "json" {
		// One document, as kubectl does it, so that jq can read it.
		list := &corev1.List{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "List"}}
		for _, obj := range shown {
			list.Items = append(list.Items, runtime.RawExtension{Object: obj})
		}
		return printer.PrintObj(list, out)
	}
	for _, obj := range shown {
		if err := printer.PrintObj(obj, out); err != nil {
			return err
		}
	}
	return nil
}
