package up

import (
	"bytes"
	_ "embed" // the template
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"text/template"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// initOptions are the arguments and flags of `kubectl flare federation init`.
type initOptions struct {
	// from is a folder of kits, or a framework's own file.
	from string
	// out is the file to write; standard output if it is empty.
	out   string
	image string

	known Known
	clock clock.WithTicker
	genericiooptions.IOStreams
}

func newInitCommand(known Known, streams genericiooptions.IOStreams, clk clock.WithTicker) *cobra.Command {
	o := &initOptions{known: known, clock: clk, IOStreams: streams}
	cmd := &cobra.Command{
		Use:                   "init (DIR | FILE) [-o FILE]",
		DisableFlagsInUseLine: true,
		Short:                 "Write a file of the kind Federation for kits that exist",
		Long: templates.LongDesc(`
			Write a file of the kind Federation, with comments, for a folder of kits or for a framework's own file
			about who takes part, such as project.yml.

			The kits are read: they say who takes part, in which role, and what the others dial. Where the
			participants run is for you to fill in.`),
		Example: templates.Examples(`
			# Write federation.yaml for the kits in a folder
			kubectl flare federation init workspace/demo/prod_00 -o federation.yaml

			# And for the participants of a project
			kubectl flare federation init project.yml -o federation.yaml`),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			o.from = args[0]
			return o.run()
		},
	}
	cmd.Flags().StringVarP(&o.out, "output", "o", "", "File to write, which must not exist; the default is standard output")
	cmd.Flags().StringVar(&o.image, "image", "", "Image that has the framework in it; the default is an example")
	_ = cmd.MarkFlagFilename("output", "yaml", "yml")
	_ = cmd.RegisterFlagCompletionFunc("image", cobra.NoFileCompletions)
	return cmd
}

// run writes the file, after reading it as `up` will.
func (o *initOptions) run() error {
	content, err := o.content()
	if err != nil {
		return err
	}
	var text bytes.Buffer
	if err := page().Execute(&text, content); err != nil {
		return err
	}
	if _, err := federation.Decode("the new file", text.Bytes()); err != nil {
		return err
	}
	if o.out == "" {
		_, err := io.Copy(o.Out, &text)
		return err
	}
	file, err := os.OpenFile(o.out, os.O_WRONLY|os.O_CREATE|os.O_EXCL, 0o644) //nolint:gosec // it has no secret
	switch {
	case errors.Is(err, os.ErrExist):
		return fmt.Errorf("%s exists: give another file with -o, or delete it first", o.out)
	case err != nil:
		return source.CannotWrite(o.out, err)
	}
	_, err = text.WriteTo(file)
	if err = errors.Join(err, file.Close()); err != nil {
		return source.CannotWrite(o.out, err)
	}
	_, err = fmt.Fprintf(o.Out, "%s written, with %d participants\n", o.out, len(content.Participants))
	return err
}

// content is that of the file.
func (o *initOptions) content() (*initial, error) {
	info, err := os.Stat(o.from)
	if err != nil {
		return nil, source.CannotRead(o.from, err)
	}
	i := &initial{APIVersion: names.APIVersion, Kind: federation.Kind, Image: o.image}
	if info.IsDir() {
		err = o.fromKits(i)
	} else {
		err = o.fromFile(i)
	}
	if err != nil {
		return nil, err
	}
	return i, o.exampleImage(i)
}

// relative is a path as the file names it.
func (o *initOptions) relative(path string) (string, error) {
	base, err := filepath.Abs(filepath.Dir(o.out)) // "." for standard output
	if err != nil {
		return "", err
	}
	abs, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	if found, err := filepath.Rel(base, abs); err == nil {
		return filepath.ToSlash(found), nil
	}
	return abs, nil // on another volume
}

// initial is what the template fills in.
type initial struct {
	APIVersion, Kind, Name, Framework, Kits, Root, Image string
	Participants                                         []initialParticipant

	version *facts // of the kits
}

type initialParticipant struct{ Name, Role, Org, Kit, Dialed, Namespace string }

//go:embed federation.tmpl
var federationTemplate string

// page is the template. scalar writes a text as YAML needs it.
func page() *template.Template {
	scalar := func(text string) (string, error) {
		data, err := yaml.Marshal(text)
		return strings.TrimSpace(string(data)), err
	}
	return template.Must(template.New("federation").Funcs(template.FuncMap{"scalar": scalar}).Parse(federationTemplate))
}
