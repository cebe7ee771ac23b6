// Package engine is the only way in which commands change clusters. A Plan is a list of
// Steps for one Target. The engine rehearses all of it before the first write: dry runs
// show whether the server accepts every object. Then the steps run one after the other. A
// ChangeSet says what happened to each object.
//
// Objects are written with server-side apply, so that nothing of a Secret gets into an
// annotation. Secrets are never read, and fields of other managers are taken over only on
// request.
package engine

import (
	"context"
	"errors"
	"fmt"
)

// defaultConcurrency is how many requests of one stage run at once.
const defaultConcurrency = 16

// Plan is a change of one target. Each step depends on those before it.
type Plan struct {
	// Subject is what the plan is about, for messages, such as a participant's true
	// name.
	Subject string
	Target  Target
	Steps   []Step
	// Rollback restores the former objects if a step fails after the first write. It has
	// no effect if the plan's objects did not exist before.
	Rollback bool
}

// Step is a part of a plan.
type Step interface {
	// Rehearse finds out what Run would change and whether the server would accept it. It
	// writes nothing.
	Rehearse(context.Context, *Session) error
	// Run makes the changes. It is called after every step of the plan has been
	// rehearsed.
	Run(context.Context, *Session) error
}

// Engine runs plans. It is safe for concurrent use.
type Engine struct {
	// ForceConflicts takes over fields that other field managers have set.
	ForceConflicts bool
	// Concurrency bounds the requests that run at once for one plan; 0 means 16.
	Concurrency int
	Reporter    *Reporter
}

// Rehearse finds out what Run would change, and whether the server would accept it.
func (e *Engine) Rehearse(ctx context.Context, p Plan) (ChangeSet, error) {
	s, err := e.session(p, true)
	if err == nil {
		err = s.rehearse(ctx, p)
	}
	if err == nil {
		s.readRemovals(ctx)
	}
	return s.Changes(), p.Target.Clients.Explain(ctx, err)
}

// Carry rehearses the plan if dryRun is set, and otherwise runs it.
func (e *Engine) Carry(ctx context.Context, p Plan, dryRun bool) (ChangeSet, error) {
	if dryRun {
		return e.Rehearse(ctx, p)
	}
	return e.Run(ctx, p)
}

// Run rehearses the plan and runs it. It returns the changes that were made, also if it
// fails.
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

// rollback restores what was there before, and says so in the error.
func (s *Session) rollback(ctx context.Context, p Plan, cause error) error {
	restored, err := s.restore(ctx)
	switch {
	case err != nil:
		return errors.Join(cause, fmt.Errorf("%s: the former objects could not be restored: %w", p.Subject, s.Clients.Explain(ctx, err)))
	case restored == 0:
		return cause
	}
	return errors.Join(cause, fmt.Errorf("%s: the former objects were restored, because the new ones do not work; to keep the new ones, give --rollback=false", p.Subject))
}
