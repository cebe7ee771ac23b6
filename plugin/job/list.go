package job

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strings"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/printers"
	"k8s.io/kubectl/pkg/util/templates"
)

// listed is one job as the FL server lists it, and its form for machines.
type listed struct {
	JobID  string `json:"job_id"`
	Name   string `json:"job_name"`
	Status string `json:"status"`
	// SubmitTime is in the server's own form, RFC 3339 with its zone.
	SubmitTime string `json:"submit_time"`
	Duration   string `json:"duration"`
	Study      string `json:"study,omitempty"`
}

type listOptions struct {
	options
	format    string
	noHeaders bool
}

func newList(shared options) *cobra.Command {
	o := &listOptions{options: shared}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the jobs that the FL server has",
		Example: templates.Examples(`
			# List all jobs, the running and the finished ones
			kubectl flare job list -n fl-admin`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			if err := checkFormat(o.format); err != nil {
				return err
			}
			return o.run(cmd.Context())
		},
	}
	cmd.Flags().BoolVar(&o.noHeaders, "no-headers", false, "Print no headers")
	addFormat(cmd, &o.format)
	return o.leaf(cmd)
}

func (o *listOptions) run(ctx context.Context) error {
	jobs := []listed{}
	err := o.withPod(ctx, func(pod adminPod) error {
		return pod.run(ctx, nil, func(e event) error {
			for _, raw := range e.Jobs {
				var job listed
				if err := json.Unmarshal(raw, &job); err != nil {
					return fmt.Errorf("the FL server describes a job in a form that is not understood: %w", err)
				}
				jobs = append(jobs, job)
			}
			return nil
		}, "listing")
	})
	if err != nil {
		return err
	}
	return o.print(jobs)
}

func (o *listOptions) print(jobs []listed) error {
	switch {
	case o.format == "name":
		for _, job := range jobs {
			if _, err := fmt.Fprintln(o.streams.Out, job.JobID); err != nil {
				return err
			}
		}
		return nil
	case o.format != "":
		return printStructured(o.streams.Out, o.format, jobs)
	case len(jobs) == 0:
		_, err := fmt.Fprintln(o.streams.ErrOut, "The FL server has no jobs.")
		return err
	}
	return printTable(o.streams.Out, jobs, o.noHeaders)
}

func printTable(out io.Writer, jobs []listed, noHeaders bool) error {
	table := &metav1.Table{}
	for _, name := range []string{"Job ID", "Name", "Status", "Submitted", "Duration", "Study"} {
		table.ColumnDefinitions = append(table.ColumnDefinitions, metav1.TableColumnDefinition{Name: strings.ReplaceAll(name, " ", "-"), Type: "string"})
	}
	for _, job := range jobs {
		table.Rows = append(table.Rows, metav1.TableRow{Cells: []any{job.JobID, job.Name, job.Status, job.SubmitTime, job.Duration, job.Study}})
	}
	return printers.NewTablePrinter(printers.PrintOptions{NoHeaders: noHeaders}).PrintObj(table, out)
}
