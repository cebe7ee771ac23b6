package job

import (
	"cmp"
	"fmt"
	"io"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// result is the output of a command about one job.
type result struct {
	metav1.TypeMeta `json:",inline"`

	// JobID is empty in a dry run of a submission: the FL server gives the ID.
	JobID  string `json:"jobID,omitempty"`
	Status string `json:"status,omitempty"`
	// Meta is the job's metadata from the FL server.
	Meta   map[string]any `json:"meta,omitempty"`
	DryRun bool           `json:"dryRun,omitempty"`
	// Path is where a job was downloaded to.
	Path string `json:"path,omitempty"`
	// name takes the place of an ID that is not known yet.
	name string
}

// print says what was done with a job, such as "submitted".
func (o *options) print(r result, verbed string) error {
	r.DryRun = o.dryRun.Client()
	r.TypeMeta = metav1.TypeMeta{APIVersion: names.APIVersion, Kind: "Job"}
	return o.view.Print(o.streams.Out, output.Document{
		Body:  r,
		Names: []string{cmp.Or(r.JobID, r.name)},
		Text: func(out io.Writer, _ bool) error {
			_, err := fmt.Fprintf(out, "job %s %s%s\n", cmp.Or(r.JobID, r.name), verbed, o.dryRun.Suffix())
			return err
		},
	})
}
