package job

import (
	"context"
	"fmt"
	"io"
	"time"

	"github.com/spf13/cobra"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

type submitOptions struct {
	options
	folder  folder
	wait    bool
	timeout time.Duration
}

func newSubmit(shared options) *cobra.Command {
	o := &submitOptions{options: shared}
	cmd := &cobra.Command{
		Use:   "submit JOB_DIR",
		Short: "Submit a job folder to the FL server",
		Long: templates.LongDesc(`
			Submit a job folder to the FL server.

			The job is signed with the admin's key in the admin's pod; the folder is not changed.`),
		Example: templates.Examples(`
			# Submit a job and follow it to its end
			kubectl flare job submit jobs/numpy-fedavg --wait -n fl-admin

			# Submit a job and keep its ID
			id=$(kubectl flare job submit jobs/numpy-fedavg -o name -n fl-admin)`),
		Args: cobra.ExactArgs(1),
		ValidArgsFunction: func(*cobra.Command, []string, string) ([]string, cobra.ShellCompDirective) {
			return nil, cobra.ShellCompDirectiveFilterDirs
		},
		RunE: func(cmd *cobra.Command, args []string) (err error) {
			cmd.SilenceUsage = true
			if err := o.complete(cmd); err != nil {
				return err
			}
			if o.folder, err = openFolder(o.frameworks, args[0]); err != nil {
				return err
			}
			if o.dryRun.Client() {
				return o.print(result{name: o.folder.name}, "submitted")
			}
			return o.run(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&o.wait, "wait", false, "Wait until the job has finished, and fail unless it has completed")
	addTimeout(cmd, &o.timeout)
	return o.changing(cmd)
}

func (o *submitOptions) run(ctx context.Context) error {
	return o.withDriver(ctx, func(d workloads.JobDriver) error {
		id, err := o.submit(ctx, d)
		if err != nil {
			return err
		}
		if !o.wait {
			return o.print(result{JobID: id, Status: "SUBMITTED"}, "submitted")
		}
		fmt.Fprintf(o.streams.ErrOut, "job %s submitted\n", id)
		w := waiter{options: &o.options, id: id, timeout: o.timeout, started: o.clock.Now()}
		return w.run(ctx, d)
	})
}

func (o *submitOptions) submit(ctx context.Context, d workloads.JobDriver) (string, error) {
	archive, in := io.Pipe()
	go func() { in.CloseWithError(o.folder.send(in)) }()
	defer archive.Close()
	return d.Submit(ctx, o.folder.name, archive)
}
