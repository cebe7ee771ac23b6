package job

import (
	"context"
	"fmt"

	"k8s.io/cli-runtime/pkg/genericiooptions"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/output"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// Submission is a job that another command submits and follows to its end.
type Submission struct{ submit submitOptions }

// NewSubmission reads the job's folder. admin is the participant to act as, and set are values
// that the job runs with, each as KEY=VALUE.
func NewSubmission(c clients.Clients, streams genericiooptions.IOStreams, clk clock.WithTicker, known *workloads.Registry, dir, admin string, set ...string) (*Submission, error) {
	f, err := openFolder(known, dir, set)
	if err != nil {
		return nil, err
	}
	o := options{clients: c, streams: streams, clock: clk, frameworks: known, view: output.NewView(), admin: admin}
	return &Submission{submitOptions{options: o, folder: f, wait: true}}, nil
}

// Run submits the job and waits for its end. Its error says why a job has not completed.
func (s *Submission) Run(ctx context.Context) error {
	if err := s.submit.run(ctx); err != nil {
		return fmt.Errorf("the job: %w", err)
	}
	return nil
}
