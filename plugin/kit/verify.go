package kit

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/pki"
)

// VerifyOptions are the arguments and flags of `kubectl flare kit verify`.
type VerifyOptions struct {
	// PINFile has the PIN of a kit in an encrypted archive.
	PINFile string
	genericiooptions.IOStreams

	// RootFingerprint is the root that the kit must belong to.
	RootFingerprint string
	// PolicyFile is a file with the SitePolicy whose rules for kits apply.
	PolicyFile string

	dir      string
	registry *frameworks.Registry
	clock    clock.PassiveClock
	print    printFlags
}

func newVerifyCommand(registry *frameworks.Registry, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	o := &VerifyOptions{IOStreams: streams, registry: registry, clock: clk}
	cmd := &cobra.Command{
		Use:                   "verify KIT [--root-fingerprint=SHA256] [--policy=FILE] [-o json|yaml]",
		DisableFlagsInUseLine: true,
		Short:                 "Verify a startup kit",
		Long: templates.LongDesc(`
			Verify a startup kit: its certificates, key, names, files and seal, and the framework's own
			signature if it has one. The command fails if a check fails.

			A kit contains the root certificate that vouches for it, so on its own it proves nothing. Give
			the root's fingerprint with --root-fingerprint. Get it from the project lead through another
			channel than the kit. Without it, the report says that the root was not checked.

			With --policy, the command verifies the kit as a site does: with the pinned roots, sealers,
			serials and revocations of its SitePolicy, which must be valid.`),
		Example: templates.Examples(`
			# Verify a kit against the root of its federation
			kubectl flare kit verify prod_00/site-1 --root-fingerprint=5F:0C:…

			# Verify a kit as a site does, with its policy
			kubectl flare kit verify prod_00/site-1 --policy=sitepolicy.yaml

			# As the project lead, print the fingerprint to give to others
			openssl x509 -in prod_00/server1/startup/rootCA.pem -noout -fingerprint -sha256

			# List the checks that failed
			kubectl flare kit verify prod_00/site-1 -o json | jq '.findings[] | select(.status == "fail")'`),
		Args:              oneDir,
		ValidArgsFunction: completeKit,
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			o.Complete(args)
			if err := o.Validate(); err != nil {
				return err
			}
			return o.Run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&o.RootFingerprint, "root-fingerprint", "", "SHA-256 fingerprint of the root certificate that the kit must belong to")
	cmd.Flags().StringVar(&o.PolicyFile, "policy", "", "File with the SitePolicy (YAML or JSON) that says which kits are genuine")
	_ = cmd.RegisterFlagCompletionFunc("root-fingerprint", cobra.NoFileCompletions)
	source.AddPINFlag(cmd.Flags(), &o.PINFile)
	o.print.addFlags(cmd)
	return cmd
}

// Complete reads the arguments.
func (o *VerifyOptions) Complete(args []string) { o.dir = args[0] }

// Validate checks the flags.
func (o *VerifyOptions) Validate() error {
	if o.RootFingerprint != "" {
		if _, err := pki.ParseFingerprint(o.RootFingerprint); err != nil {
			return fmt.Errorf("--root-fingerprint: %w", err)
		}
	}
	return o.print.validate()
}

// Run verifies the kit, prints the report, and fails if a check has failed.
func (o *VerifyOptions) Run(ctx context.Context) error {
	k, err := source.Kit(o.registry, o.dir, source.WithPIN(o.PINFile))
	if err != nil {
		return err
	}
	rules, err := o.rules(ctx)
	if err != nil {
		return err
	}
	_, findings := acceptance.Accept(k, rules, o.clock.Now())
	view := newStartupKitReport(k, findings)
	if err := o.print.print(o.Out, view, view.writeText); err != nil {
		return err
	}
	if !view.Passed {
		return fmt.Errorf("the kit in %s must not be used: its verification failed with %s", o.dir, count(view.Summary.Fail, "finding"))
	}
	return nil
}

// rules come from the policy, from the fingerprint, or from both.
func (o *VerifyOptions) rules(ctx context.Context) (*acceptance.Rules, error) {
	if o.PolicyFile == "" {
		return acceptance.Pinned(o.registry, o.RootFingerprint)
	}
	rules, err := policyRules(ctx, o.registry, o.PolicyFile)
	if err != nil {
		return nil, err
	}
	return rules.Pin(o.RootFingerprint)
}
