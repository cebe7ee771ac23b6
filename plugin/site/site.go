// Package site has the commands that put a namespace under a SitePolicy.
package site

import (
	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies"
)

// Known are the frameworks that a site can allow.
type Known struct {
	Catalog   *policies.Catalog
	Workloads *workloads.Registry
}

// NewCommand makes `kubectl flare site`.
func NewCommand(c clients.Clients, known Known, streams genericiooptions.IOStreams) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "site",
		Short: "Put namespaces under a SitePolicy",
		Long: templates.LongDesc(`
			Put namespaces under a SitePolicy.

			A governed namespace has the label kubectl-flare.dev/site-policy with the name of its SitePolicy.
			Only what the policy allows can run there, regardless of who creates it.`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newAddCommand(c, known, streams), newRequestCommand(known, streams), newBreakGlassCommand(c, streams))
	return cmd
}
