package policy

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// apiVersion is the version of what -o json and -o yaml print.
const apiVersion = names.APIVersion

// printFlags chooses between text for people and JSON or YAML.
type printFlags struct{ format string }

func (f *printFlags) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.format, "output", "o", "", "Output format. One of: (json, yaml). Text for people is the default")
	complete := cobra.FixedCompletions([]string{"json", "yaml"}, cobra.ShellCompDirectiveNoFileComp)
	// It fails only for a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("output", complete)
}

func (f *printFlags) validate() error {
	switch f.format {
	case "", "json", "yaml":
		return nil
	}
	return fmt.Errorf("--output %q is not known: give json or yaml", f.format)
}

// print prints the object in the chosen format, or calls text.
func (f *printFlags) print(out io.Writer, obj runtime.Object, text func(io.Writer) error) error {
	if f.format == "" {
		return text(out)
	}
	printer, err := genericclioptions.NewJSONYamlPrintFlags().ToPrinter(f.format)
	if err != nil {
		return err
	}
	return printer.PrintObj(obj, out)
}
