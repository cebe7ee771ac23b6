// Package policy is `kubectl flare policy`: it evaluates SitePolicies for objects in
// files and for pods in a cluster, without the webhook.
package policy

import (
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
)

// Known are the frameworks that verdicts are about.
type Known struct {
	Frameworks *frameworks.Registry
	Catalog    *policies.Catalog
	Workloads  *workloads.Registry
}

// NewCommand makes `kubectl flare policy`.
func NewCommand(c clients.Clients, known Known, streams genericiooptions.IOStreams, clk clock.PassiveClock) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "policy",
		Short: "Evaluate a SitePolicy for manifests and pods",
		Long: templates.LongDesc(`
			Evaluate a SitePolicy for manifests and pods.

			The commands and the flare webhook share one evaluator: verdicts and messages are the same.`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newCheckCommand(c, known, streams, clk), newExplainCommand(c, known, streams, clk), newTestCommand(known, streams, clk))
	return cmd
}
