package job

import (
	"context"
	"fmt"

	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// askServers asks the FL server of each federation that has an admin among the participants. A
// server that does not answer is a warning: the participants' own logs may have said why.
func (o *options) askServers(ctx context.Context, typed kubernetes.Interface, all []participants.Participant, id string, say func(who string, reasons []string) error) error {
	asked := map[string]bool{}
	for _, op := range operatorsOf(o.frameworks, all) {
		federation := op.Framework + "/" + op.Federation
		if asked[federation] || op.framework.Jobs.CheckID(id) != nil {
			continue
		}
		asked[federation] = true
		var state workloads.JobState
		err := o.as(ctx, typed, op, func(_ operator, d workloads.JobDriver) (err error) {
			state, err = d.Wait(ctx, id, 0, func(string) {})
			return err
		})
		if ctx.Err() != nil {
			return ctx.Err()
		}
		if err != nil {
			_, _ = fmt.Fprintf(o.streams.ErrOut, "Warning: %q could not ask the FL server about job %s: %v\n", op.Name, id, err)
			continue
		}
		if err := say(op.Name, ofServer(id, state)); err != nil {
			return err
		}
	}
	return nil
}

// ofServer are the status of a job and the reasons that its server knows.
func ofServer(id string, state workloads.JobState) []string {
	switch {
	case !state.Ended:
		return []string{fmt.Sprintf("job %s has not ended: its status is %s", id, state.Status)}
	case state.Completed:
		return []string{fmt.Sprintf("job %s has completed: its status is %s", id, state.Status)}
	}
	return append([]string{fmt.Sprintf("job %s ended with status %s", id, state.Status)}, state.Reasons...)
}
