package job

import (
	"fmt"
	"io"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// result is what a command has to say of one job, and its form for machines.
type result struct {
	metav1.TypeMeta `json:",inline"`

	JobID  string `json:"jobID"`
	Status string `json:"status,omitempty"`
	// Meta is the job's meta data as the FL server has it.
	Meta map[string]any `json:"meta,omitempty"`
	// Path is where a job was downloaded to.
	Path string `json:"path,omitempty"`
}

// print says what was done with a job, such as "submitted".
func (o *options) print(r result, verbed string) error {
	r.TypeMeta = metav1.TypeMeta{APIVersion: names.APIVersion, Kind: "Job"}
	return o.view.Print(o.streams.Out, output.Document{
		Body:  r,
		Names: []string{r.JobID},
		Text: func(out io.Writer, _ bool) error {
			_, err := fmt.Fprintf(out, "job %s %s\n", r.JobID, verbed)
			return err
		},
	})
}
