package job

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/spf13/cobra"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

type downloadOptions struct {
	options
	id string
	to string
}

func newDownload(shared options) *cobra.Command {
	o := &downloadOptions{options: shared}
	cmd := &cobra.Command{
		Use:   "download JOB_ID",
		Short: "Download a finished job with its results",
		Example: templates.Examples(`
			# Download a job into a new folder with the job's ID as its name
			kubectl flare job download 5f9f7c1e-4a3b-4c52-b6f6-1fd94a2ac6d1 -n fl-admin

			# Download a job into another folder
			kubectl flare job download 5f9f7c1e-4a3b-4c52-b6f6-1fd94a2ac6d1 --to=results -n fl-admin`),
		Args: cobra.ExactArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			cmd.SilenceUsage = true
			if err := o.complete(cmd); err != nil {
				return err
			}
			if err := o.completeFolder(args[0]); err != nil {
				return err
			}
			return o.run(cmd.Context())
		},
	}
	cmd.Flags().StringVar(&o.to, "to", "", "Folder to create for the job; the default is its ID")
	_ = cmd.MarkFlagDirname("to")
	return o.changing(cmd)
}

// completeFolder rejects an existing folder before anything is asked of the server.
func (o *downloadOptions) completeFolder(id string) error {
	o.id = id
	if o.to == "" {
		o.to = id
	}
	if filepath.Base(o.to) == "." || filepath.Base(o.to) == string(filepath.Separator) {
		return fmt.Errorf("--to %s: give a folder that does not exist yet", o.to)
	}
	if _, err := os.Lstat(o.to); err == nil {
		return fmt.Errorf("%s already exists: give another folder with --to, or remove it", o.to)
	} else if !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

func (o *downloadOptions) run(ctx context.Context) error {
	if !o.dryRun.Client() {
		err := o.withJob(ctx, o.id, func(d workloads.JobDriver) error { return d.Download(ctx, o.id, o.unpack) })
		if err != nil {
			return err
		}
	}
	path, err := filepath.Abs(o.to)
	if err != nil {
		return err
	}
	return o.print(result{JobID: o.id, Path: path}, "downloaded to "+o.to)
}

// unpack writes the stream to a temporary folder and renames that when it is complete, so
// that the folder never exists with half of the job.
func (o *downloadOptions) unpack(stream io.Reader) error {
	partial := o.to + ".partial"
	if err := os.Mkdir(partial, 0o750); err != nil {
		return fmt.Errorf("cannot create the folder for the download: %w", err)
	}
	if err := unpack(stream, partial); err != nil {
		return errors.Join(err, os.RemoveAll(partial))
	}
	return os.Rename(partial, o.to)
}
