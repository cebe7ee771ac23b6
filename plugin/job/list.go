package job

import (
	"context"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/cli-runtime/pkg/printers"
	"k8s.io/kubectl/pkg/util/templates"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

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
	switch {
	case o.format == "name":
		for _, job := range list.Jobs {
			if _, err := fmt.Fprintln(o.streams.Out, job.ID); err != nil {
				return err
			}
		}
		return nil
	case o.format != "":
		fields := make([]any, 0, len(list.Jobs))
		for _, job := range list.Jobs {
			fields = append(fields, job.Fields)
		}
		return printStructured(o.streams.Out, o.format, fields)
	case len(list.Jobs) == 0:
		_, err := fmt.Fprintln(o.streams.ErrOut, "The FL server has no jobs.")
		return err
	}
	return printTable(o.streams.Out, list, o.noHeaders)
}

func printTable(out io.Writer, list workloads.JobList, noHeaders bool) error {
	table := &metav1.Table{}
	for _, name := range list.Columns {
		table.ColumnDefinitions = append(table.ColumnDefinitions, metav1.TableColumnDefinition{Name: name, Type: "string"})
	}
	for _, job := range list.Jobs {
		row := metav1.TableRow{}
		for _, cell := range job.Cells {
			row.Cells = append(row.Cells, cell)
		}
		table.Rows = append(table.Rows, row)
	}
	return printers.NewTablePrinter(printers.PrintOptions{NoHeaders: noHeaders}).PrintObj(table, out)
}
