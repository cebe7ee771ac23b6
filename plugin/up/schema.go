package up

import (
	"encoding/json"

	"github.com/spf13/cobra"
	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/kubectl/pkg/util/templates"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
)

// NewFederationCommand makes `kubectl flare federation`.
func NewFederationCommand(known Known, streams genericiooptions.IOStreams, clk clock.WithTicker) *cobra.Command {
	cmd := &cobra.Command{
		Use:   "federation",
		Short: "Write files of the kind Federation",
		Long: templates.LongDesc(`
			Write files of the kind Federation: who takes part in a federation, where each participant runs and
			with what. "kubectl flare provision" makes kits of such a file.`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error { return cmd.Help() },
	}
	cmd.AddCommand(newInitCommand(known, streams, clk), newSchemaCommand(streams))
	return cmd
}

func newSchemaCommand(streams genericiooptions.IOStreams) *cobra.Command {
	return &cobra.Command{
		Use:                   "schema",
		DisableFlagsInUseLine: true,
		Short:                 "Print the JSON schema of files of the kind Federation",
		Long: templates.LongDesc(`
			Print the JSON schema of files of the kind Federation, for editors that complete and check YAML.`),
		Example: templates.Examples(`
			# Let an editor check federation.yaml, which begins with
			# "# yaml-language-server: $schema=federation.schema.json"
			kubectl flare federation schema > federation.schema.json`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			schema, err := federation.Schema()
			if err != nil {
				return err
			}
			schema["$schema"] = "http://json-schema.org/draft-07/schema#"
			out := json.NewEncoder(streams.Out)
			out.SetIndent("", "  ")
			return out.Encode(schema)
		},
	}
}
