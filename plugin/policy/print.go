package policy

import (
	"io"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// apiVersion is the version of what -o json and -o yaml print.
const apiVersion = names.APIVersion

// printFlags choose between text and the formats for machines.
type printFlags struct{ view *output.View }

func (f *printFlags) addFlags(cmd *cobra.Command) {
	f.view = output.NewView()
	f.view.AddFlags(cmd)
}

func (f *printFlags) validate() error { return f.view.Validate() }

// named is a report of objects that have names.
type named interface{ names() []string }

// print prints the object in the chosen format; text prints the text.
func (f *printFlags) print(out io.Writer, obj runtime.Object, text func(io.Writer) error) error {
	d := output.Document{Body: obj, Text: func(out io.Writer, _ bool) error { return text(out) }}
	if n, ok := obj.(named); ok {
		d.Names = n.names()
	}
	return f.view.Print(out, d)
}

func (r *CheckReport) names() []string {
	all := make([]string, 0, len(r.Items))
	for _, i := range r.Items {
		all = append(all, strings.ToLower(i.Kind)+"/"+i.Name)
	}
	return all
}

func (r *ExplainReport) names() []string {
	all := make([]string, 0, len(r.Items))
	for _, i := range r.Items {
		all = append(all, strings.ToLower(i.Kind)+"/"+i.Name)
	}
	return all
}
