// Package provision is `kubectl flare provision`: it makes the kits of federations whose
// frameworks have no provisioning of their own.
package provision

import (
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/provisioning"
)

// defaultValidity is how long certificates of participants are valid.
const defaultValidity = 365 * 24 * time.Hour

// Options are the flags of `kubectl flare provision`.
type Options struct {
	genericiooptions.IOStreams

	// File is the Federation, or "-" for standard input.
	File string
	// Framework is the framework's name, if the file does not contain it.
	Framework string
	// Dir is the folder for the kits and the state.
	Dir string
	// Renew are participants that get a new key.
	Renew []string
	// ValidFor is how long new certificates are valid.
	ValidFor time.Duration
	// DryRun writes nothing.
	DryRun output.DryRun

	registry *frameworks.Registry
	clock    clock.PassiveClock
	view     *output.View
}

// NewOptions are the options of other commands that make kits. They set File, for messages,
// and Dir, and call Make.
func NewOptions(registry *frameworks.Registry, streams genericiooptions.IOStreams, clk clock.PassiveClock) *Options {
	return &Options{IOStreams: streams, registry: registry, clock: clk, ValidFor: defaultValidity, view: output.NewView()}
}

// NewCommand makes `kubectl flare provision`.
func NewCommand(registry *frameworks.Registry, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	o := NewOptions(registry, streams, clk)
	cmd := &cobra.Command{
		Use:                   "provision -f FILE --out=DIR [--framework=NAME]",
		DisableFlagsInUseLine: true,
		Short:                 "Make the startup kits of a federation",
		Long: templates.LongDesc(`
			Make the startup kits of a federation whose framework has no provisioning of its own.

			A file of the kind Federation says who takes part. The command makes the federation's root and, for
			each participant, a kit with a key, a certificate and what the participant dials. The root's private
			key is in DIR/state, which only you can read; keep it, since later participants need it. The private
			keys of participants are in their kits alone.

			Run the command again after a change of the file: it makes the kits that are missing, writes those
			again whose content has changed, and keeps the root and all keys. A kit that you have handed out and
			removed is not made again, unless --renew gives its participant a new key.`),
		Example: templates.Examples(`
			# Make the kits of a federation
			kubectl flare provision -f federation.yaml --out=demo

			# Hand out a new key to a participant whose kit is lost
			kubectl flare provision -f federation.yaml --out=demo --renew=site-1

			# See what would be made
			kubectl flare provision -f federation.yaml --out=demo --dry-run=client`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			if err := errors.Join(o.DryRun.Complete(cmd), o.Validate()); err != nil {
				return err
			}
			return o.Run()
		},
	}
	o.addFlags(cmd)
	return cmd
}

func (o *Options) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVarP(&o.File, "filename", "f", "", "File of the kind Federation, or - for standard input")
	f.StringVar(&o.Framework, "framework", "", "Framework of the federation, if the file does not name it")
	f.StringVar(&o.Dir, "out", "", "Folder for the kits and the state of the federation; it is created if it does not exist")
	f.StringSliceVar(&o.Renew, "renew", nil, "Participants that get a new key; the server must no longer accept the old one")
	f.DurationVar(&o.ValidFor, "valid-for", o.ValidFor, "How long new certificates are valid; they expire no later than the root")
	_ = cmd.MarkFlagDirname("out")
	_ = cmd.MarkFlagFilename("filename", "yaml", "yml", "json")
	_ = cmd.RegisterFlagCompletionFunc("framework", cobra.FixedCompletions(o.registry.Provisioners(), cobra.ShellCompDirectiveNoFileComp))
	_ = cmd.RegisterFlagCompletionFunc("renew", cobra.NoFileCompletions)
	o.DryRun.AddClientFlag(cmd)
	o.view.AddFlags(cmd)
	o.view.AddNoHeaders(cmd)
}

// Validate checks the flags.
func (o *Options) Validate() error {
	switch {
	case o.File == "":
		return errors.New("-f is missing: give a file of the kind Federation")
	case o.Dir == "":
		return errors.New("--out is missing: give a folder for the kits")
	case o.ValidFor <= 0:
		return errors.New("--valid-for must be positive, such as 8760h")
	}
	return o.view.Validate()
}

// Run makes the kits and prints the list.
func (o *Options) Run() error {
	f, err := o.read()
	if err != nil {
		return err
	}
	list, err := o.Make(f)
	if err != nil {
		return err
	}
	return o.print(list)
}

// Make makes the kits of a federation, and writes the state before any of them.
func (o *Options) Make(f *federation.Federation) (*List, error) {
	provisioner, err := o.provisioner(f)
	if err != nil {
		return nil, err
	}
	w := &workspace{dir: o.Dir}
	options, err := o.options(f, w)
	if err != nil {
		return nil, err
	}
	report := f.Report()
	project := f.Project(report)
	if err := report.Err(); err != nil {
		return nil, err
	}
	result, err := provisioner.Provision(&project, options)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", o.File, err)
	}
	if !o.DryRun.Client() {
		if err := w.writeState(result.State); err != nil {
			return nil, err
		}
	}
	return o.write(w, result)
}

// options are the state and the kits that exist.
func (o *Options) options(f *federation.Federation, w *workspace) (provisioning.Options, error) {
	options := provisioning.Options{Now: o.clock.Now().UTC().Truncate(time.Second), ValidFor: o.ValidFor, Renew: o.Renew, Kits: map[string]kit.Files{}}
	var err error
	if options.State, err = w.readState(); err != nil {
		return options, err
	}
	for _, m := range f.Spec.Participants {
		files, err := w.startup(m.Name)
		if err != nil {
			return options, err
		}
		if files != nil {
			options.Kits[m.Name] = files
		}
	}
	return options, nil
}

func (o *Options) read() (*federation.Federation, error) {
	data, err := readAll(o.File, o.In)
	if err != nil {
		return nil, err
	}
	f, err := federation.Decode(o.File, data)
	if err != nil {
		return nil, err
	}
	report := f.Report()
	f.Validate(report)
	return f, report.Err()
}

// provisioner is that of the framework that the file or the flag names.
func (o *Options) provisioner(f *federation.Federation) (frameworks.Provisioner, error) {
	name := f.Spec.Framework.Name
	switch {
	case name == "" && o.Framework == "":
		return nil, fmt.Errorf("%s: spec.framework.name is missing: set it, or give --framework", o.File)
	case name == "":
		name = o.Framework
	case o.Framework != "" && o.Framework != name:
		return nil, fmt.Errorf("--framework is %s, but spec.framework.name of %s is %s", o.Framework, o.File, kit.Quote(name))
	}
	return find(o.registry, name)
}

// find is the provisioning of a framework by its name.
func find(registry *frameworks.Registry, name string) (frameworks.Provisioner, error) {
	found, ok := registry.Find(name)
	switch {
	case !ok:
		return nil, fmt.Errorf("the framework %s is not known: use %v", kit.Quote(name), registry.Provisioners())
	case found.Provisioner == nil:
		return nil, fmt.Errorf("%s has a provisioning of its own: make the kits with it; kubectl flare makes those of %v", found.Title(), registry.Provisioners())
	}
	return found.Provisioner, nil
}

// maxFile is the greatest size of a Federation, in bytes.
const maxFile = 1 << 20

func limited(in io.Reader, name string) ([]byte, error) {
	data, err := io.ReadAll(io.LimitReader(in, maxFile+1))
	switch {
	case err != nil:
		return nil, fmt.Errorf("cannot read %s: %w", name, kit.WithoutPath(err))
	case len(data) > maxFile:
		return nil, fmt.Errorf("%s is larger than %d KiB: this cannot be the right file", name, maxFile>>10)
	}
	return data, nil
}
