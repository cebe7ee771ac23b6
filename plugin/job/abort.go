package job

import (
	"context"

	"github.com/spf13/cobra"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

func newAbort(shared options) *cobra.Command {
	o := shared
	cmd := &cobra.Command{
		Use:   "abort JOB_ID",
		Short: "Abort a running job",
		Example: templates.Examples(`
			# Abort a job
			kubectl flare job abort 5f9f7c1e-4a3b-4c52-b6f6-1fd94a2ac6d1 -n fl-admin`),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			if err := o.complete(cmd); err != nil {
				return err
			}
			return o.abort(cmd.Context(), args[0])
		},
	}
	return o.changing(cmd)
}

func (o *options) abort(ctx context.Context, id string) error {
	if !o.dryRun.Client() {
		err := o.withJob(ctx, id, func(d workloads.JobDriver) error { return d.Abort(ctx, id) })
		if err != nil {
			return err
		}
	}
	return o.print(result{JobID: id}, "aborted")
}
