package job

import (
	"encoding/json"
	"fmt"
	"io"

	"github.com/spf13/cobra"
	"sigs.k8s.io/yaml"
)

// result is what a command has to say of one job, and its form for machines.
type result struct {
	JobID  string `json:"jobID"`
	Status string `json:"status,omitempty"`
	// Meta is the job's meta data as the FL server has it.
	Meta map[string]any `json:"meta,omitempty"`
	// Path is where a job was downloaded to.
	Path string `json:"path,omitempty"`
}

func addFormat(cmd *cobra.Command, format *string) {
	cmd.Flags().StringVarP(format, "output", "o", "", "Output format. One of: (json, yaml, name).")
	_ = cmd.RegisterFlagCompletionFunc("output", cobra.FixedCompletions([]string{"json", "yaml", "name"}, cobra.ShellCompDirectiveNoFileComp))
}

func checkFormat(format string) error {
	switch format {
	case "", "json", "yaml", "name":
		return nil
	}
	return fmt.Errorf("unable to match a printer suitable for the output format %q, allowed formats are: json,name,yaml", format)
}

func printResult(out io.Writer, format string, r result, verbed string) error {
	if format == "" {
		_, err := fmt.Fprintf(out, "job %s %s\n", r.JobID, verbed)
		return err
	}
	if format == "name" {
		_, err := fmt.Fprintln(out, r.JobID)
		return err
	}
	return printStructured(out, format, r)
}

func printStructured(out io.Writer, format string, v any) error {
	data, err := json.MarshalIndent(v, "", "  ")
	if err == nil && format == "yaml" {
		data, err = yaml.JSONToYAML(data)
	}
	if err != nil {
		return err
	}
	if format == "json" {
		data = append(data, '\n')
	}
	_, err = out.Write(data)
	return err
}
