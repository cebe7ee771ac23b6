package kit

import (
	"crypto/ecdsa"
	"crypto/elliptic"
	"crypto/rand"
	"errors"
	"fmt"
	"strings"
	"time"
	"unicode"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// SealerOptions are the flags of `kubectl flare kit sealer new`.
type SealerOptions struct {
	genericiooptions.IOStreams

	// Name is the sealer's.
	Name string
	// RootFile and RootKeyFile are the federation's root; StateFile is a file in which
	// a framework's provisioning keeps both. Without any of them the sealer is a site's.
	RootFile, RootKeyFile, StateFile string
	// Dir is the folder for the new files.
	Dir string
	// ValidFor is how long the certificate is valid.
	ValidFor time.Duration
	// DryRun writes nothing.
	DryRun output.DryRun

	registry *frameworks.Registry
	clock    clock.PassiveClock
	print    printFlags
}

func newSealerCommand(registry *frameworks.Registry, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "sealer",
		Short: "Create keys that vouch for startup kits",
		Long: templates.LongDesc(`
			Create keys that vouch for startup kits: see "kubectl flare kit seal".`),
		Example: templates.Examples(sealerExamples(registry)),
		Args:    cobra.NoArgs,
		RunE:    func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newSealerNewCommand(registry, streams, clk))
	return cmd
}

func newSealerNewCommand(registry *frameworks.Registry, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	o := &SealerOptions{IOStreams: streams, registry: registry, clock: clk, ValidFor: defaultValidity}
	cmd := &cobra.Command{
		Use:                   "new --name=NAME --out=DIR [--state=FILE | --root-ca=FILE --root-key=FILE]",
		DisableFlagsInUseLine: true,
		Short:                 "Create a sealing key",
		Long: templates.LongDesc(`
			Create a sealing key.

			With the federation's root, the project lead gets a key and a certificate that every site accepts
			which pins the root. Without it, a site gets a key of its own: its SitePolicy must list the public
			key in spec.kits.sealers, in the form that this command prints.

			The root key is read from a file, used once and not kept. The new private key is written with
			mode 0600 and never printed.`),
		Example: templates.Examples(sealerExamples(registry)),
		Args:    cobra.NoArgs,
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

// sealerExamples begin with the file in which each framework keeps its root.
func sealerExamples(registry *frameworks.Registry) string {
	var b strings.Builder
	for _, keeper := range registry.RootKeepers() {
		tool, path := keeper.RootFile()
		fmt.Fprintf(&b, "# The project lead, with the state of %q\nkubectl flare kit sealer new --name=release --state=%s --out=sealer\n\n", tool, path)
	}
	b.WriteString(`# The project lead, with the root's own files
kubectl flare kit sealer new --name=release --root-ca=rootCA.pem --root-key=rootCA.key --out=sealer

# A site
kubectl flare kit sealer new --name=it-security --out=sealer`)
	return b.String()
}

func (o *SealerOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.Name, "name", "", "Name of the sealer")
	f.StringVar(&o.RootFile, "root-ca", "", "File with the federation's root certificate (PEM)")
	f.StringVar(&o.RootKeyFile, "root-key", "", "File with the root's private key (PEM, not encrypted)")
	f.StringVar(&o.StateFile, "state", "", "File in which provisioning keeps the root certificate and its key"+stateFiles(o.registry))
	f.StringVar(&o.Dir, "out", "", "Folder for the new files; it is created if it does not exist")
	f.DurationVar(&o.ValidFor, "valid-for", o.ValidFor, "How long the certificate is valid; it expires no later than the root")
	_ = cmd.MarkFlagDirname("out")
	o.DryRun.AddClientFlag(cmd)
	o.print.addFlags(cmd)
}

// stateFiles says which files --state takes.
func stateFiles(registry *frameworks.Registry) string {
	var files []string
	for _, keeper := range registry.RootKeepers() {
		tool, path := keeper.RootFile()
		files = append(files, fmt.Sprintf("%s of '%s'", path, tool))
	}
	if files == nil {
		return ""
	}
	return ", such as " + strings.Join(files, " or ")
}

// Validate checks the flags.
func (o *SealerOptions) Validate() error {
	const longest = 63
	bad := func(r rune) bool { return !unicode.IsGraphic(r) || r == unicode.ReplacementChar }
	switch {
	case o.Name == "":
		return errors.New("--name is missing: give a name that identifies the sealer")
	case len(o.Name) > longest || strings.ContainsFunc(o.Name, bad):
		return fmt.Errorf("--name must have at most %d characters, and no control characters", longest)
	case o.Dir == "":
		return errors.New("--out is missing: give a folder for the new key")
	case o.StateFile != "" && (o.RootFile != "" || o.RootKeyFile != ""):
		return errors.New("--state contains the root certificate and its key: leave out --root-ca and --root-key")
	case (o.RootFile == "") != (o.RootKeyFile == ""):
		return errors.New("--root-ca and --root-key belong together: give both, or neither for a site's sealer")
	case o.ValidFor <= 0:
		return errors.New("--valid-for must be positive, such as 8760h")
	}
	return o.print.validate()
}

// Run creates the key, and the certificate if a root is given.
func (o *SealerOptions) Run() error {
	key, err := ecdsa.GenerateKey(elliptic.P256(), rand.Reader)
	if err != nil {
		return err
	}
	var certificate []byte
	if o.StateFile != "" || o.RootFile != "" {
		if certificate, err = o.certify(&key.PublicKey); err != nil {
			return err
		}
	}
	private, err := pki.EncodeKey(key)
	if err != nil {
		return err
	}
	public, err := pki.EncodePublicKey(&key.PublicKey)
	if err != nil {
		return err
	}
	view := o.view(key, public, certificate)
	if o.DryRun.Client() {
		return o.show(view)
	}
	if err := o.write(private, public, certificate); err != nil {
		return err
	}
	return o.print.print(o.Out, view, view.writeText)
}
