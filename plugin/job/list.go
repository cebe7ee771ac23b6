package job

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

type listOptions struct{ options }

func newList(shared options) *cobra.Command {
	o := &listOptions{shared}
	cmd := &cobra.Command{
		Use:   "list",
		Short: "List the jobs that the FL server has",
		Example: templates.Examples(`
			# List all jobs, the running and the finished ones
			kubectl flare job list -n fl-admin`),
		Args: cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			cmd.SilenceUsage = true
			if err := o.view.Validate(); err != nil {
				return err
			}
			return o.run(cmd.Context())
		},
	}
	cmd = o.leaf(cmd)
	o.view.AddNoHeaders(cmd)
	return cmd
}

func (o *listOptions) run(ctx context.Context) error {
	var list workloads.JobList
	err := o.withDriver(ctx, func(d workloads.JobDriver) (err error) {
		list, err = d.List(ctx)
		return err
	})
	if err != nil {
		return err
	}
	return o.print(list)
}

func (o *listOptions) print(list workloads.JobList) error {
	if len(list.Jobs) == 0 && !o.view.Structured() {
		_, err := fmt.Fprintln(o.streams.ErrOut, "The FL server has no jobs.")
		return err
	}
	return o.view.Print(o.streams.Out, document(list))
}

// document is the list, for people and for machines.
func document(list workloads.JobList) output.Document {
	body := struct {
		metav1.TypeMeta `json:",inline"`

		Items []any `json:"items"`
	}{metav1.TypeMeta{APIVersion: names.APIVersion, Kind: "JobList"}, []any{}}
	d := output.Document{Table: &metav1.Table{}}
	for _, name := range list.Columns {
		d.Table.ColumnDefinitions = append(d.Table.ColumnDefinitions, metav1.TableColumnDefinition{Name: name, Type: "string"})
	}
	for _, job := range list.Jobs {
		row := metav1.TableRow{}
		for _, cell := range job.Cells {
			row.Cells = append(row.Cells, cell)
		}
		d.Table.Rows = append(d.Table.Rows, row)
		d.Names = append(d.Names, job.ID)
		body.Items = append(body.Items, job.Fields)
	}
	d.Body = body
	return d
}
