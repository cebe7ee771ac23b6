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
	set     []string
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

			The job is sent from the admin's pod, and signed there with the admin's key if the framework signs
			jobs; the folder is not changed. With --set, a job runs with other values than those in its folder,
			if the framework has such values.

			With --wait, the exit code is that of "kubectl flare job wait": 0 for a job that has completed, 2 for one
			that has finished in another way, 1 for every other error.`),
		Example: templates.Examples(`
			# Submit a job and follow it to its end
			kubectl flare job submit jobs/numpy-fedavg --wait -n fl-admin

			# Submit a job that has the value num-server-rounds with another one
			kubectl flare job submit apps/fedavg --set num-server-rounds=5 -n fl-admin

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
			if o.folder, err = openFolder(o.frameworks, args[0], o.set); err != nil {
				return err
			}
			if o.dryRun.Client() {
				return o.print(result{name: o.folder.name}, "submitted")
			}
			return o.run(cmd.Context())
		},
	}
	cmd.Flags().StringArrayVar(&o.set, "set", nil, "Value that the job runs with, as KEY=VALUE; the flag can be repeated")
	cmd.Flags().BoolVar(&o.wait, "wait", false, "Wait until the job has finished, and fail unless it has completed")
	addTimeout(cmd, &o.timeout)
	return o.changing(cmd)
}

func (o *submitOptions) run(ctx context.Context) error {
	return o.withOperator(ctx, o.takes, func(op operator, d workloads.JobDriver) error {
		id, err := o.submit(ctx, op, d)
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

// takes is an error for an admin of another framework than those whose job the folder can be.
func (o *submitOptions) takes(op operator) error {
	if _, ok := o.folder.configurations[op.Framework]; !ok {
		return fmt.Errorf("%q in namespace %q is an admin of %s, and the folder is not a job of that: give the namespace of another admin with -n", op.Name, op.Namespace, op.Framework)
	}
	return nil
}

func (o *submitOptions) submit(ctx context.Context, op operator, d workloads.JobDriver) (string, error) {
	archive, in := io.Pipe()
	go func() { in.CloseWithError(o.folder.send(in)) }()
	defer archive.Close()
	return d.Submit(ctx, workloads.Submission{Name: o.folder.name, Archive: archive, Configuration: o.folder.configurations[op.Framework]})
}
