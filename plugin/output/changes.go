package output

import (
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/cli-runtime/pkg/printers"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// Change is what happened to one object, or would happen.
type Change struct {
	// Name is "resource.group/name", as kubectl prints it.
	Name      string
	Namespace string
	// Verb is a past participle, such as "created", possibly with an explanation.
	Verb string
	// Object is the object afterwards; nil if it is gone.
	Object runtime.Object
}

// Printer prints what a command that writes has changed.
type Printer struct {
	format
	// DryRun is what the flag --dry-run says.
	DryRun      DryRun
	showSecrets bool
}

// NewPrinter makes a Printer; AddFlags binds it to a command.
func NewPrinter() *Printer { return &Printer{format: newFormat()} }

// AddFlags adds -o, the flags of templates and --dry-run.
func (p *Printer) AddFlags(cmd *cobra.Command) {
	p.addFlags(cmd, true)
	p.DryRun.AddFlag(cmd)
}

// AddManifestFlags adds -o to a command that writes manifests for people to apply: its
// default is YAML, and there is no --dry-run, because it changes nothing.
func (p *Printer) AddManifestFlags(cmd *cobra.Command) {
	p.addFlags(cmd, false)
	*p.print.OutputFormat = "yaml"
	output := cmd.Flag("output")
	output.DefValue, output.Usage = "yaml", strings.ReplaceAll(output.Usage, textDefault, "")
}

// AddShowSecrets adds --show-secrets.
func (p *Printer) AddShowSecrets(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&p.showSecrets, "show-secrets", false, "Print Secrets with their content, including the private key; otherwise YAML and JSON leave them out")
}

// Complete reads the flags.
func (p *Printer) Complete(cmd *cobra.Command) error {
	if err := p.DryRun.Complete(cmd); err != nil {
		return err
	}
	return p.Validate()
}

// Validate rejects formats that do not exist.
func (p *Printer) Validate() error {
	_, err := p.printer()
	return err
}

// YAML says whether the output is YAML, which may have comments.
func (p *Printer) YAML() bool { return p.name() == "yaml" }

// Structured says whether standard output is for machines.
func (p *Printer) Structured() bool { return p.structured() }

// Streaming says whether changes are printed one by one, as they happen.
func (p *Printer) Streaming() bool { return p.name() == "" && p.DryRun.Suffix() == "" }

// Progress is where a command reports its progress: not standard output if that is for
// machines.
func (p *Printer) Progress(streams genericiooptions.IOStreams) io.Writer {
	if p.structured() {
		return streams.ErrOut
	}
	return streams.Out
}

// Objects prints what a client-side dry run would write.
func (p *Printer) Objects(streams genericiooptions.IOStreams, objects []workloads.Object) error {
	changes := make([]Change, 0, len(objects))
	for _, obj := range objects {
		changes = append(changes, Change{Name: nameOf(obj), Namespace: obj.GetNamespace(), Verb: "created", Object: obj})
	}
	return p.Changes(streams, changes)
}

// Removals prints what a client-side dry run would delete. Machines get only the objects'
// names, as they do when objects are deleted.
func (p *Printer) Removals(streams genericiooptions.IOStreams, objects []workloads.Object) error {
	changes := make([]Change, 0, len(objects))
	for _, obj := range objects {
		stub := &unstructured.Unstructured{}
		stub.SetGroupVersionKind(obj.GetObjectKind().GroupVersionKind())
		stub.SetNamespace(obj.GetNamespace())
		stub.SetName(obj.GetName())
		changes = append(changes, Change{Name: nameOf(obj), Namespace: obj.GetNamespace(), Verb: "deleted", Object: stub})
	}
	return p.Changes(streams, changes)
}

// nameOf is the object's name as kubectl prints it: "deployment.apps/site-1".
func nameOf(obj workloads.Object) string {
	_, singular := meta.UnsafeGuessKindToResource(obj.GetObjectKind().GroupVersionKind())
	return fmt.Sprintf("%s/%s", singular.GroupResource(), obj.GetName())
}

// Changes prints what happened to the objects: a line each for people, and the objects
// that exist for machines.
func (p *Printer) Changes(streams genericiooptions.IOStreams, changes []Change) error {
	switch {
	case p.name() == wide:
		return p.table(streams.Out, changes)
	case p.structured():
		return p.objects(streams, changes)
	}
	for _, c := range changes {
		if _, err := fmt.Fprintf(streams.Out, "%s %s%s\n", c.Name, c.Verb, p.DryRun.Suffix()); err != nil {
			return err
		}
	}
	return nil
}

func (p *Printer) table(out io.Writer, changes []Change) error {
	table := &metav1.Table{}
	for _, name := range []string{"Namespace", "Object", "Change"} {
		table.ColumnDefinitions = append(table.ColumnDefinitions, metav1.TableColumnDefinition{Name: name, Type: "string"})
	}
	for _, c := range changes {
		table.Rows = append(table.Rows, metav1.TableRow{Cells: []any{c.Namespace, c.Name, c.Verb + p.DryRun.Suffix()}})
	}
	return printers.NewTablePrinter(printers.PrintOptions{}).PrintObj(table, out)
}
