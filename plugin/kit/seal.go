package kit

import (
	"crypto/ecdsa"
	"errors"
	"fmt"
	"io"
	"os"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/kit/seal"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// defaultValidity is how long seals and sealing certificates are valid.
const defaultValidity = 365 * 24 * time.Hour

// SealOptions are the arguments and flags of `kubectl flare kit seal`.
type SealOptions struct {
	genericiooptions.IOStreams

	// KeyFile and CertificateFile are the sealer's; without a certificate the
	// site seals.
	KeyFile, CertificateFile string
	// RootFingerprint is the root that the kit must belong to.
	RootFingerprint string
	// Serial is the seal's serial number; zero means the Unix time.
	Serial int64
	// ValidFor is how long the seal is valid.
	ValidFor time.Duration
	// Version is the framework's version, if the sealer knows it.
	Version string
	// Local seals only local/.
	Local bool
	// DryRun writes nothing.
	DryRun output.DryRun

	settings    settings
	dir         string
	clients     clients.Clients
	registry    *frameworks.Registry
	workloads   *workloads.Registry
	validForSet bool
	key         *ecdsa.PrivateKey
	certificate []byte
	clock       clock.PassiveClock
	print       printFlags
}

func newSealCommand(c clients.Clients, known Known, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	o := &SealOptions{IOStreams: streams, clients: c, registry: known.Frameworks, workloads: known.Workloads, clock: clk, ValidFor: defaultValidity}
	cmd := &cobra.Command{
		Use:                   "seal DIR --key=FILE [--cert=FILE] [--local]",
		DisableFlagsInUseLine: true,
		Short:                 "Vouch for a startup kit",
		Long: templates.LongDesc(`
			Vouch for a startup kit: write a signed statement of its files, its participant and its dates into
			the kit, as seal.dsse.json beside startup/. A second one, local.seal.dsse.json, is about local/.

			With a sealing certificate, the project lead seals a kit for every site of the federation. Without
			one, a site accepts a kit that it has received, with a key that its own SitePolicy lists in
			spec.kits.sealers. "kubectl flare kit sealer new" creates keys and certificates.

			A site may edit local/. It decides which code the participant runs, so a governed namespace denies
			it until someone has sealed it again: with --local, the command seals local/ alone. With
			--job-runtime=pod, it writes the settings of job pods first.

			The command does not seal a kit that fails verification. It does not change a kit that the same
			key has already sealed in its current state.`),
		Example:           templates.Examples(sealExamples(known.Workloads.ExampleImage())),
		Args:              oneDir,
		ValidArgsFunction: completeDir,
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			o.validForSet = cmd.Flags().Changed("valid-for")
			if err := o.Validate(); err != nil {
				return err
			}
			if err := o.Complete(cmd, args); err != nil {
				return err
			}
			return o.Run()
		},
	}
	o.addFlags(cmd)
	return cmd
}

// sealExamples are those of the help text, with a framework's image.
func sealExamples(image string) string {
	return `
# The project lead seals a kit before handing it out
kubectl flare kit seal prod_00/site-1 --key=sealer/sealer.key --cert=sealer/sealer.crt

# A site accepts a kit, after comparing the root's fingerprint by telephone
kubectl flare kit seal site-1 --key=it/sealer.key --root-fingerprint=5F:0C:…

# A site has edited local/ and seals it again
kubectl flare kit seal --local site-1 --key=it/sealer.key

# A site has its jobs run in pods of their own, in the namespace fl-site-1
kubectl flare kit seal --local site-1 --key=it/sealer.key --job-runtime=pod -n fl-site-1 \
  --job-image=` + image + `

# Show the seal without writing it
kubectl flare kit seal prod_00/site-1 --key=sealer/sealer.key --cert=sealer/sealer.crt --dry-run=client -o json`
}

func (o *SealOptions) addFlags(cmd *cobra.Command) {
	f := cmd.Flags()
	f.StringVar(&o.KeyFile, "key", "", "File with the sealing key (PEM, ECDSA P-256, not encrypted)")
	f.StringVar(&o.CertificateFile, "cert", "", "File with the project's sealing certificate (PEM); without it the site seals")
	f.StringVar(&o.RootFingerprint, "root-fingerprint", "", "SHA-256 fingerprint of the root certificate that the kit must belong to")
	f.Int64Var(&o.Serial, "serial", 0, "Serial number of the seal, greater than that of the previous seal; the default is the Unix time")
	f.DurationVar(&o.ValidFor, "valid-for", o.ValidFor, "How long the seal is valid; it expires no later than the certificates")
	f.StringVar(&o.Version, "framework-version", "", "Exact version of the framework that provisioned the kit, if the kit does not contain it")
	f.BoolVar(&o.Local, "local", false, "Seal only local/, after a change of the site's settings")
	o.settings.addFlags(cmd)
	o.DryRun.AddClientFlag(cmd)
	_ = cmd.RegisterFlagCompletionFunc("root-fingerprint", cobra.NoFileCompletions)
	o.print.addFlags(cmd)
}

// Validate checks the flags.
func (o *SealOptions) Validate() error {
	switch {
	case o.KeyFile == "":
		return errors.New("--key is missing: give the file of a sealing key; `kubectl flare kit sealer new` creates one")
	case o.Serial < 0 || o.Serial > seal.MaxSerial:
		return errors.New("--serial must be from 1 to 2^53-1, or 0 for the Unix time")
	case o.ValidFor <= 0:
		return errors.New("--valid-for must be positive, such as 8760h")
	}
	if err := o.settings.validate(o.Local); err != nil {
		return err
	}
	if o.RootFingerprint != "" {
		if _, err := pki.ParseFingerprint(o.RootFingerprint); err != nil {
			return fmt.Errorf("--root-fingerprint: %w", err)
		}
	}
	return o.print.validate()
}

// Complete reads the key and the certificate.
func (o *SealOptions) Complete(cmd *cobra.Command, args []string) error {
	if err := o.DryRun.Complete(cmd); err != nil {
		return err
	}
	return o.readKeys(args[0])
}

// readKeys reads the key and the certificate for the kit in a folder.
func (o *SealOptions) readKeys(dir string) error {
	o.dir = dir
	if _, err := os.Stat(o.dir); err == nil && !source.IsFolder(o.dir) {
		return fmt.Errorf("%s is not a folder: unpack the kit, since its seal is written into it", o.dir)
	}
	data, err := readFile(o.KeyFile, maxKeyFile)
	if err != nil {
		return fmt.Errorf("--key: %w", err)
	}
	if o.key, err = pki.ParseP256Key(data); err != nil {
		return fmt.Errorf("--key: %s %w", o.KeyFile, err)
	}
	if o.CertificateFile != "" {
		if o.certificate, err = readFile(o.CertificateFile, maxKeyFile); err != nil {
			return fmt.Errorf("--cert: %w", err)
		}
	}
	return nil
}

// maxKeyFile is larger than any key or certificate.
const maxKeyFile = 16 << 10

// Run seals startup/ and local/, each unless it already has an equivalent seal.
func (o *SealOptions) Run() error {
	k, err := source.Kit(o.registry, o.dir)
	if err != nil {
		return err
	}
	changed, err := o.prepare(k)
	if err != nil {
		return err
	}
	if err := o.check(k); err != nil {
		return err
	}
	parts, err := o.parts(k)
	if err != nil {
		return err
	}
	view := newStartupKitSeal(k, o.DryRun.Client())
	for i := range parts {
		if err := o.seal(k, &parts[i], view); err != nil {
			return err
		}
	}
	// Nothing is written before every seal is made.
	if !o.DryRun.Client() {
		if err := writeLocal(o.dir, changed); err != nil {
			return fmt.Errorf("cannot write the settings into %s: %w", o.dir, err)
		}
	}
	for i := range parts {
		if p := &parts[i]; p.changed && !o.DryRun.Client() {
			if err := writeSeal(o.dir, p.made, p.envelope, p.certificate); err != nil {
				return fmt.Errorf("cannot write the seal into %s: %w", o.dir, err)
			}
		}
	}
	return o.print.print(o.Out, view, func(out io.Writer) error { return view.writeText(out, o.DryRun.Suffix()) })
}

// seal makes the seal of one part and adds it to the view.
func (o *SealOptions) seal(k *kit.Kit, p *part, view *StartupKitSeal) error {
	made, err := p.make(kit.SealOptions{
		Now: o.clock.Now(), ValidFor: o.ValidFor, Serial: o.serial(p.old), Version: o.Version, Key: o.key, Certificate: o.certificate,
	})
	if err != nil {
		return fmt.Errorf("cannot seal the kit %s: %w", o.dir, err)
	}
	p.made, p.changed = made, !o.equivalent(p, made)
	if !p.changed {
		p.made = p.old
	} else if err := o.greater(k, p); err != nil {
		return err
	}
	return view.add(p)
}
