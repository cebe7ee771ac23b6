package kit

import (
	"fmt"
	"io"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// apiVersion is the version of what -o json and -o yaml print.
const apiVersion = names.APIVersion

func typeMeta(kind string) metav1.TypeMeta {
	return metav1.TypeMeta{APIVersion: apiVersion, Kind: kind}
}

// printFlags choose between text and the formats for machines.
type printFlags struct{ view *output.View }

func (f *printFlags) addFlags(cmd *cobra.Command) {
	f.view = output.NewView()
	f.view.AddFlags(cmd)
}

func (f *printFlags) validate() error { return f.view.Validate() }

// document is about a participant or a sealer, whose name -o name prints.
type document interface {
	runtime.Object
	about() string
}

// print prints the document in the chosen format; text prints the text.
func (f *printFlags) print(out io.Writer, d document, text func(io.Writer) error) error {
	return f.view.Print(out, output.Document{
		Body: d, Names: []string{d.about()}, Text: func(out io.Writer, _ bool) error { return text(out) },
	})
}

func (k *StartupKit) about() string { return k.Participant }

func (v *StartupKitReport) about() string { return v.Participant }

func (s *StartupKitSeal) about() string { return s.Participant }

func (s *NewSealer) about() string { return s.Name }

// count writes "1 file", "2 files".
func count(n int, what string) string {
	if n == 1 {
		return "1 " + what
	}
	return fmt.Sprintf("%d %ss", n, what)
}
