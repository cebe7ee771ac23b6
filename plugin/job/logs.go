package job

import (
	"context"
	"errors"

	"github.com/spf13/cobra"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

func newLogs(shared options) *cobra.Command {
	o := shared
	cmd := &cobra.Command{
		Use:                   "logs JOB_ID",
		DisableFlagsInUseLine: true,
		Short:                 "Print the log of a job that the FL server has",
		Long: templates.LongDesc(`
			Print the log of a job, as far as the FL server has it.

			The logs of participants are those of their pods: see "kubectl flare logs".`),
		Example: templates.Examples(`
			# Print the log of a job
			kubectl flare job logs 16598894163019151598 -n fl-admin`),
		Args:              cobra.ExactArgs(1),
		ValidArgsFunction: cobra.NoFileCompletions,
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			return o.logs(cmd.Context(), args[0])
		},
	}
	o.addFlags(cmd)
	return cmd
}

func (o *options) logs(ctx context.Context, id string) error {
	return o.withJob(ctx, id, func(d workloads.JobDriver) error {
		logger, ok := d.(workloads.JobLogger)
		if !ok {
			return errors.New("the FL server of this framework keeps no log of a job: read those of participants with `kubectl flare logs PARTICIPANT`, or the job's results with `kubectl flare job download`")
		}
		return logger.Logs(ctx, id, o.streams.Out)
	})
}
