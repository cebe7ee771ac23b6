package up

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/errgroup"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/plans"
	"github.com/kubectl-flare/kubectl-flare/plugin/provision"
	"github.com/kubectl-flare/kubectl-flare/plugin/source"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// atOnce is how many participants are launched at once.
const atOnce = 8

// launchAll launches the server, and then all others at once. A participant that does not
// start keeps none of the others from it.
func (o *Options) launchAll(ctx context.Context, list *provision.List) error {
	o.reporter = engine.NewReporter(o.printer, o.IOStreams)
	var others []provision.Item
	for _, item := range list.Items {
		if item.Participant != o.serverName() {
			others = append(others, item)
			continue
		}
		if err := o.launch(ctx, item); err != nil {
			return err
		}
	}
	failures := make([]error, len(others))
	var group errgroup.Group
	group.SetLimit(atOnce)
	for i, item := range others {
		group.Go(func() error {
			failures[i] = o.launch(ctx, item)
			return nil
		})
	}
	_ = group.Wait()
	return errors.Join(failures...)
}

func (o *Options) launch(ctx context.Context, item provision.Item) error {
	verified, _, err := source.GenuineKit(o.known.Frameworks, item.Folder, "", o.clock.Now())
	if err != nil {
		return err
	}
	participant := o.template
	if item.Role == kit.RoleAdmin || item.Participant == o.serverName() {
		participant.Data = nil
	}
	l := &plans.Launch{
		Target: engine.Target{Clients: o.clients, Namespace: participant.Namespace}, Framework: o.objects,
		Participant: participant, Verified: verified, Wait: o.Timeout, Clock: o.clock, Rollback: true,
	}
	plan, err := l.Plan()
	if err != nil {
		return err
	}
	e := engine.Engine{ForceConflicts: o.ForceConflicts, Reporter: o.reporter}
	if _, err := e.Run(ctx, plan); err != nil {
		return fmt.Errorf("%s: %w", item.Participant, err)
	}
	return nil
}
