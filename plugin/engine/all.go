package engine

import (
	"cmp"
	"context"

	"golang.org/x/sync/errgroup"
)

// defaultPlans is how many plans run at once.
const defaultPlans = 16

// Task is a plan that is made when its turn comes, so that of many plans only those that run
// are in memory.
type Task struct {
	// Subject is what the plan is about, for messages.
	Subject string
	Make    func(context.Context, *Reporter) (Plan, error)
}

// RunAll runs plans for any number of targets, atOnce of them at a time; 0 means 16. Each
// ends at its own first failure, and none keeps the others from running. The errors are in
// the order of the tasks.
func (e *Engine) RunAll(ctx context.Context, tasks []Task, atOnce int) []error {
	return e.all(ctx, tasks, atOnce, func(ctx context.Context, one *Engine, _ int, p Plan) error {
		_, err := one.Run(ctx, p)
		return err
	})
}

// RehearseAll is RunAll without changes. It calls found, from several goroutines, with the
// number of each plan that can be run and with what that would change.
func (e *Engine) RehearseAll(ctx context.Context, tasks []Task, atOnce int, found func(int, ChangeSet) error) []error {
	return e.all(ctx, tasks, atOnce, func(ctx context.Context, one *Engine, i int, p Plan) error {
		changes, err := one.Rehearse(ctx, p)
		if err != nil {
			return err
		}
		return found(i, changes)
	})
}

func (e *Engine) all(ctx context.Context, tasks []Task, atOnce int, do func(context.Context, *Engine, int, Plan) error) []error {
	errs := make([]error, len(tasks))
	var group errgroup.Group
	group.SetLimit(cmp.Or(atOnce, defaultPlans))
	for i, task := range tasks {
		group.Go(func() error {
			if errs[i] = ctx.Err(); errs[i] != nil {
				return nil
			}
			one := &Engine{ForceConflicts: e.ForceConflicts, Concurrency: e.Concurrency, Reporter: e.Reporter.For(task.Subject)}
			one.Reporter.Step(StepPlan)
			plan, err := task.Make(ctx, one.Reporter)
			if err == nil {
				err = do(ctx, one, i, plan)
			}
			one.Reporter.end(err)
			errs[i] = err
			return nil
		})
	}
	_ = group.Wait() // the errors are in errs
	return errs
}
