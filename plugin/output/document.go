package output

import (
	"encoding/json"
	"fmt"
	"io"
	"slices"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	utiljson "k8s.io/apimachinery/pkg/util/json"
	"k8s.io/cli-runtime/pkg/printers"
)

// Document is the output of a command that is not an object of a cluster: a verdict, a
// list of participants, the content of a kit.
type Document struct {
	// Body is the form for machines: it becomes a JSON object with apiVersion and kind,
	// and with items if it is a list.
	Body any
	// Names are the lines that -o name prints.
	Names []string
	// Table is the form of a list for people; Text is the form of anything else. wide
	// means that nothing may be left out.
	Table *metav1.Table
	Text  func(out io.Writer, wide bool) error
	// WithNamespace gives a table a column with the namespaces of its rows' objects.
	WithNamespace bool
}

// View prints documents.
type View struct{ format }

// NewView makes a View; AddFlags binds it to a command.
func NewView() *View { return &View{newFormat()} }

// AddFlags adds -o and the flags of templates.
func (v *View) AddFlags(cmd *cobra.Command) { v.addFlags(cmd, false) }

// AddNoHeaders adds --no-headers, for lists.
func (v *View) AddNoHeaders(cmd *cobra.Command) {
	cmd.Flags().BoolVar(&v.noHeaders, "no-headers", false, "Print no header line")
}

// Validate rejects formats that do not exist.
func (v *View) Validate() error {
	_, err := v.printer()
	return err
}

// Structured says whether standard output is for machines.
func (v *View) Structured() bool { return v.structured() }

// Print prints the document in the format that the flags give.
func (v *View) Print(out io.Writer, d Document) error {
	printer, err := v.printer()
	switch {
	case err != nil:
		return err
	case v.name() == "name":
		return lines(out, d.Names)
	case printer != nil:
		object, err := v.object(d.Body)
		if err != nil {
			return err
		}
		return printer.PrintObj(object, out)
	case d.Table != nil:
		options := printers.PrintOptions{NoHeaders: v.noHeaders, Wide: v.name() == wide, WithNamespace: d.WithNamespace}
		return printers.NewTablePrinter(options).PrintObj(d.Table, out)
	}
	return d.Text(out, v.name() == wide)
}

func lines(out io.Writer, all []string) error {
	for _, line := range all {
		if _, err := fmt.Fprintln(out, line); err != nil {
			return err
		}
	}
	return nil
}

// object converts a body for kubectl's printers. JSON keeps the order of the body's
// fields.
func (v *View) object(body any) (runtime.Object, error) {
	data, err := json.Marshal(body)
	if err != nil {
		return nil, err
	}
	u := &unstructured.Unstructured{}
	if err := utiljson.Unmarshal(data, &u.Object); err != nil {
		return nil, err
	}
	switch {
	case v.name() == "json":
		return &ordered{u, data}, nil
	case v.tabular() && u.IsList():
		return u.ToList()
	}
	return u, nil
}

// ordered is an object that becomes JSON in the order of its type's fields.
type ordered struct {
	*unstructured.Unstructured
	data []byte
}

// DeepCopyObject implements runtime.Object.
func (o *ordered) DeepCopyObject() runtime.Object {
	return &ordered{o.DeepCopy(), slices.Clone(o.data)}
}

// MarshalJSON implements json.Marshaler.
func (o *ordered) MarshalJSON() ([]byte, error) { return o.data, nil }
