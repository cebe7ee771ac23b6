package output

import (
	"errors"

	"github.com/spf13/cobra"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
)

// DryRun is the flag --dry-run, with kubectl's values and words.
type DryRun struct {
	strategy   cmdutil.DryRunStrategy
	clientOnly bool
}

// AddFlag adds the flag.
func (d *DryRun) AddFlag(cmd *cobra.Command) {
	cmdutil.AddDryRunFlag(cmd)
	completeDryRun(cmd, "none", "server", "client")
}

// AddClientFlag adds the flag to a command whose changes no API server can rehearse:
// those of files, or of an FL server.
func (d *DryRun) AddClientFlag(cmd *cobra.Command) {
	d.clientOnly = true
	cmdutil.AddDryRunFlag(cmd)
	cmd.Flags().Lookup("dry-run").Usage = `Must be "none" or "client". If client strategy, only print what would be done, without doing it.`
	completeDryRun(cmd, "none", "client")
}

func completeDryRun(cmd *cobra.Command, values ...string) {
	// It fails only for a flag that does not exist.
	_ = cmd.RegisterFlagCompletionFunc("dry-run", cobra.FixedCompletions(values, cobra.ShellCompDirectiveNoFileComp))
}

// Complete reads the flag.
func (d *DryRun) Complete(cmd *cobra.Command) error {
	var err error
	d.strategy, err = cmdutil.GetDryRunStrategy(cmd)
	if err == nil && d.clientOnly && d.Server() {
		err = errors.New("--dry-run=server is not supported, because no API server takes part in this command: use --dry-run=client")
	}
	return err
}

// Client says that no cluster may be contacted.
func (d *DryRun) Client() bool { return d.strategy == cmdutil.DryRunClient }

// Server says that the server is asked but changes nothing.
func (d *DryRun) Server() bool { return d.strategy == cmdutil.DryRunServer }

// Suffix is what kubectl appends to a line of a dry run.
func (d *DryRun) Suffix() string {
	switch {
	case d.Client():
		return " (dry run)"
	case d.Server():
		return " (server dry run)"
	}
	return ""
}
