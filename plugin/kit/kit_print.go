package kit

import (
	"fmt"
	"io"
	"net"
	"strconv"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/cli-runtime/pkg/genericclioptions"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// apiVersion is the version of what -o json and -o yaml print.
const apiVersion = names.APIVersion

func typeMeta(kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: apiVersion, Kind: kind}
}

// printFlags chooses between text for people and JSON or YAML. It has only what
// makes sense for something that is no object of a cluster.
type printFlags struct{ format string }

func (f *printFlags) addFlags(cmd *cobra.Command) {
	cmd.Flags().StringVarP(&f.format, "output", "o", "", "Output format. One of: (json, yaml, kyaml). Text for people is the default")
	complete := cobra.FixedCompletions([]string{"json", "yaml", "kyaml"}, cobra.ShellCompDirectiveNoFileComp)
	// It fails only for a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("output", complete)
}

func (f *printFlags) validate() error {
	if f.format == "" {
		return nil
	}
	_, err := genericclioptions.NewJSONYamlPrintFlags().ToPrinter(f.format)
	return err
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

// count writes "1 file", "2 files".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}

// hostPort writes an address as it is dialled, IPv6 in brackets.
func hostPort(e kit.Endpoint) string {
	return net.JoinHostPort(e.Host, strconv.Itoa(e.Port))
}
