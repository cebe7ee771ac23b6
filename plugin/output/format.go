// Package output prints what commands list, create and change, the way kubectl does: with
// the same formats, the same words for dry runs, and tables for people. Of Secrets
// it shows only the sizes of their values, and manifests leave them out, unless
// --show-secrets is given.
package output

import (
	"fmt"
	"slices"
	"strings"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/printers"
	"k8s.io/client-go/kubernetes/scheme"
)

// textDefault ends the usage of -o.
const textDefault = ". The default is text for people"

// wide is the format for people that leaves nothing out.
const wide = "wide"

// format is the flag -o with the flags of its templates.
type format struct {
	print     *genericclioptions.PrintFlags
	noHeaders bool
}

func newFormat() format {
	return format{print: genericclioptions.NewPrintFlags("").WithTypeSetter(scheme.Scheme)}
}

// addFlags adds -o and the flags of templates. managedFields is for objects of a cluster
// only.
func (f *format) addFlags(cmd *cobra.Command, managedFields bool) {
	if managedFields {
		f.print.JSONYamlPrintFlags.AddFlags(cmd)
	}
	f.print.TemplatePrinterFlags.AddFlags(cmd)
	usage := fmt.Sprintf("Output format. One of: (%s)%s", strings.Join(f.allowed(), ", "), textDefault)
	cmd.Flags().StringVarP(f.print.OutputFormat, "output", "o", "", usage)
	f.print.OutputFlagSpecified = func() bool { return cmd.Flag("output").Changed }
	// It fails only for a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions(f.allowed(), cobra.ShellCompDirectiveNoFileComp))
}

// allowed are the formats, the common ones first.
func (f *format) allowed() []string {
	usual := []string{"json", "yaml", "kyaml", "name", wide}
	rest := append(f.print.AllowedFormats(), formatColumns, formatColumnsFile)
	slices.Sort(rest)
	return append(usual, slices.DeleteFunc(rest, func(name string) bool { return slices.Contains(usual, name) })...)
}

// name is the format as the flags give it. As with kubectl, --template alone means
// a Go template.
func (f *format) name() string {
	name := *f.print.OutputFormat
	if name == "" && *f.print.TemplatePrinterFlags.TemplateArgument != "" {
		return "go-template"
	}
	return name
}

// structured says whether standard output is for machines.
func (f *format) structured() bool { return f.name() != "" && f.name() != wide }

// printer is the printer of a structured format; nil for the formats for people. Its error
// lists the formats.
func (f *format) printer() (printers.ResourcePrinter, error) {
	if !f.structured() {
		return nil, nil
	}
	if c, ok, err := newColumns(f.name(), *f.print.TemplatePrinterFlags.TemplateArgument, f.noHeaders); ok {
		return c, err
	}
	p, err := f.print.ToPrinter()
	if genericclioptions.IsNoCompatiblePrinterError(err) {
		name := f.name()
		err = genericclioptions.NoCompatiblePrinterError{OutputFormat: &name, AllowedFormats: f.allowed()}
	}
	return p, err
}

// manifest says whether the output can be applied to a cluster.
func (f *format) manifest() bool {
	return slices.Contains([]string{"json", "yaml", "kyaml"}, f.name())
}

// tabular says whether the format gives each item of a list a line of its own.
func (f *format) tabular() bool { return strings.HasPrefix(f.name(), formatColumns) }
