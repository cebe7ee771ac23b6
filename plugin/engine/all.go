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
	errs := make([]error, len(tasks))
	var group errgroup.Group
	group.SetLimit(cmp.Or(atOnce, defaultPlans))
	for i, task := range tasks {
		group.Go(func() error {
			errs[i] = e.runTask(ctx, task)
			return nil
		})
	}
	_ = group.Wait() // the errors are in errs
	return errs
}

func (e *Engine) runTask(ctx context.Context, task Task) error {
	if err := ctx.Err(); err != nil {
		return err
	}
	one := &Engine{ForceConflicts: e.ForceConflicts, Concurrency: e.Concurrency, Reporter: e.Reporter.For(task.Subject)}
	plan, err := task.Make(ctx, one.Reporter)
	if err == nil {
		_, err = one.Run(ctx, plan)
	}
	return err
}
