// Package rollout follows a participant's workloads until the participant is really
// there (a server listens, a client has registered) or until it is clear that
// waiting will not help, and says why in plain words.
package rollout

import (
	"context"
	"io"
	"time"

	"k8s.io/client-go/kubernetes"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// Target is the participant to follow.
type Target struct {
	Namespace string
	// Participant and Federation are true names.
	Participant string
	Federation  string
	// Server is what the participant dials, for messages.
	Server string
	// Workloads are followed except those on demand.
	Workloads []workloads.Workload
	// Joiner shows when the participant has joined; nil if it has once its pods are
	// ready.
	Joiner workloads.Joiner
	// Rejecter reads the log of a participant that its server does not take; it may be nil.
	Rejecter workloads.Rejecter
	// AskServer is what the server itself says about a participant that it does not take, or the
	// zero value; it may be nil.
	AskServer func(context.Context) workloads.Rejection
}

// Waiter follows one rollout.
type Waiter struct {
	clients clients.Clients
	typed   kubernetes.Interface
	clock   clock.WithTicker
	out     io.Writer

	target    Target
	start     time.Time
	followers []*follower
	answers   chan answer
}

// NewWaiter makes a Waiter that writes a line for every change to out.
func NewWaiter(c clients.Clients, out io.Writer, clk clock.WithTicker) (*Waiter, error) {
	typed, err := c.Typed()
	if err != nil {
		return nil, err
	}
	return &Waiter{clients: c, typed: typed, clock: clk, out: out, answers: make(chan answer)}, nil
}

// Wait returns when the target is up, when it cannot come up, or when ctx ends. If all
// workloads of a participant are on demand, it is up at once.
func (w *Waiter) Wait(ctx context.Context, target Target) error {
	w.target, w.start = target, w.clock.Now()
	w.followers = w.newFollowers()
	if len(w.followers) == 0 {
		return nil
	}
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	watch, err := newWatch(ctx, w.typed, target)
	if err != nil {
		return err
	}
	// A grace ends without a change in the cluster: each tick looks at the local cache
	// again and sends no request.
	tick := w.clock.NewTicker(time.Second)
	defer tick.Stop()
	for {
		if done, err := w.step(ctx, watch.view()); done || err != nil {
			return err
		}
		select {
		case <-watch.changed:
		case <-tick.C():
		case a := <-w.answers:
			if err := a.follower.note(a); err != nil {
				return err
			}
		case err := <-watch.failed:
			return w.clients.Explain(ctx, err)
		case <-ctx.Done():
			return w.late(ctx, watch.view())
		}
	}
}

// step looks at every workload and says whether all of them are up.
func (w *Waiter) step(ctx context.Context, v view) (done bool, err error) {
	done = true
	for _, f := range w.followers {
		up, err := f.step(ctx, v.assess(f.workload.Name))
		if err != nil {
			return false, err
		}
		done = done && up
	}
	return done, nil
}

// late is the error of a wait that timed out or was interrupted: it is about the first
// workload that is not up.
func (w *Waiter) late(ctx context.Context, v view) error {
	for _, f := range w.followers {
		if s := v.assess(f.workload.Name); !f.up(s) {
			return f.late(ctx, s)
		}
	}
	return ctx.Err()
}
