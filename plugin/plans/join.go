package plans

import (
	"context"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/rollout"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// join is the step that waits until the participant has joined its federation.
type join struct{ launch *Launch }

// Rehearse implements engine.Step.
func (j *join) Rehearse(context.Context, *engine.Session) error { return nil }

// Run implements engine.Step.
func (j *join) Run(ctx context.Context, s *engine.Session) error {
	l := j.launch
	s.Reporter.Step(engine.StepWait)
	waiter, err := rollout.NewWaiter(s.Clients, s.Reporter, l.Clock)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, l.Wait)
	defer cancel()
	typed, err := s.Clients.Typed()
	if err != nil {
		return err
	}
	target := rollout.Target{
		Namespace:   s.Namespace,
		Participant: l.kit.Participant,
		Federation:  l.kit.Federation,
		Workloads:   l.set.Workloads,
		Joiner:      l.Framework.Joiner,
		Rejecter:    l.Framework.Rejecter,
		Server:      l.kit.Dials().URL(),
	}
	if target.Rejecter != nil {
		target.AskServer = func(ctx context.Context) workloads.Rejection { return l.askServer(ctx, typed, s.Namespace) }
	}
	return waiter.Wait(ctx, target)
}
