// Package policy is `kubectl flare policy`: what a SitePolicy says about an
// object, before and after the webhook is asked.
package policy

import (
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericclioptions"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
)

// Known are the frameworks that verdicts are about.
type Known struct {
	Frameworks *frameworks.Registry
	Profiles   *profiles.Registry
}

// NewCommand makes `kubectl flare policy`.
func NewCommand(getter genericclioptions.RESTClientGetter, known Known, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Ask what a SitePolicy says about manifests and pods",
		Long: templates.LongDesc(`
			Ask what a SitePolicy says about manifests and pods.

			The verdicts are those of the flare webhook: the same evaluator makes them, with the same
			messages.`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newCheckCommand(getter, known, streams, clk), newExplainCommand(getter, known, streams, clk))
	return cmd
}
