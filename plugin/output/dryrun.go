package output

import (
	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"
)

// DryRun is the flag --dry-run, with kubectl's values and words.
type DryRun struct{ strategy cmdutil.DryRunStrategy }

// AddFlag adds the flag.
func (d *DryRun) AddFlag(cmd *cobra.Command) { cmdutil.AddDryRunFlag(cmd) }

// Complete reads the flag.
func (d *DryRun) Complete(cmd *cobra.Command) error {
	var err error
	d.strategy, err = cmdutil.GetDryRunStrategy(cmd)
	return err
}

// Client says that nothing may be asked of a cluster.
func (d *DryRun) Client() bool { return d.strategy == cmdutil.DryRunClient }

// Server says that the server is asked, and nothing written.
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

// Option is the value of the field DryRun of a request's options.
func (d *DryRun) Option() []string {
	if d.Server() {
		return []string{metav1.DryRunAll}
	}
	return nil
}
