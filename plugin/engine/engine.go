// Package engine is the only way in which commands change clusters. A Plan is a
// list of Steps for one Target. All of it is rehearsed before the first write: the
// server is asked, in dry runs, whether it would accept every object. Then the steps
// run one after the other, and what has become of each object stands in a ChangeSet.
//
// Objects are written by server-side apply, so that nothing of a Secret ends in an
// annotation. A Secret is never read, and a field of another manager is taken over
// only when that is asked for.
package engine

import (
	"context"
	"errors"
	"fmt"
)

// defaultConcurrency is how many requests of one stage are under way at once.
const defaultConcurrency = 16

// Plan is what is to become of one target. Its steps depend on those before them.
type Plan struct {
	// Subject is what the plan is about, for messages, such as a participant's
	// true name.
	Subject string
	Target  Target
	Steps   []Step
	// Rollback brings former objects back when a step fails after the first write.
	// It has no effect where nothing of the plan ran before.
	Rollback bool
}

// Step is a part of a plan.
type Step interface {
	// Rehearse finds out what Run would change and whether it would be refused.
	// It writes nothing.
	Rehearse(context.Context, *Session) error
	// Run makes the changes. It is called after every step of the plan was
	// rehearsed.
	Run(context.Context, *Session) error
}

// Engine runs plans. It may be used concurrently.
type Engine struct {
	// ForceConflicts takes over fields that others have set.
	ForceConflicts bool
	// Concurrency bounds the requests that are under way at once for one plan; 0
	// means 16.
	Concurrency int
	Reporter    *Reporter
}

// Rehearse finds out what Run would change, and whether it would be refused.
func (e *Engine) Rehearse(ctx context.Context, p Plan) (ChangeSet, error) {
	s, err := e.session(p, true)
	if err == nil {
		err = s.rehearse(ctx, p)
	}
	return s.Changes(), p.Target.Clients.Explain(ctx, err)
}

// Carry rehearses the plan where dryRun is set, and else runs it.
func (e *Engine) Carry(ctx context.Context, p Plan, dryRun bool) (ChangeSet, error) {
	if dryRun {
		return e.Rehearse(ctx, p)
	}
	return e.Run(ctx, p)
}

// Run rehearses the plan and runs it. Its changes are those that were made, also
// where it fails.
func (e *Engine) Run(ctx context.Context, p Plan) (ChangeSet, error) {
	s, err := e.session(p, false)
	if err == nil {
		err = s.rehearse(ctx, p)
	}
	if err != nil {
		return nil, p.Target.Clients.Explain(ctx, err)
	}
	if err = p.Target.Clients.Explain(ctx, s.run(ctx, p)); err != nil {
		s.skipRest()
	}
	if err != nil && p.Rollback && ctx.Err() == nil {
		err = s.rollback(ctx, p, err)
	}
	return s.Changes(), err
}

func (s *Session) rehearse(ctx context.Context, p Plan) error {
	for _, step := range p.Steps {
		if err := step.Rehearse(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

func (s *Session) run(ctx context.Context, p Plan) error {
	for _, step := range p.Steps {
		if err := step.Run(ctx, s); err != nil {
			return err
		}
	}
	return nil
}

// rollback brings back what was there before, and says in the error that it did.
func (s *Session) rollback(ctx context.Context, p Plan, cause error) error {
	restored, err := s.restore(ctx)
	switch {
	case err != nil:
		return errors.Join(cause, fmt.Errorf("%s: the former objects could not be applied again: %w", p.Subject, s.Clients.Explain(ctx, err)))
	case restored == 0:
		return cause
	}
	return errors.Join(cause, fmt.Errorf("%s: the former objects were applied again, because the new ones do not work; --rollback=false leaves the new ones", p.Subject))
}
