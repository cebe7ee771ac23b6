// Package rollout follows a participant's Deployment until the participant is
// really there (a server listens, a client has registered) or until it is clear
// that waiting will not help, and says why in plain words.
package rollout

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/kubernetes"
	"k8s.io/utils/clock"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Target is the participant to follow.
type Target struct {
	Namespace   string
	Name        string // the Deployment's
	Participant string // the true name
	Federation  string
	Role        kit.Role
	Server      string // what a client dials, for messages
}

// Waiter follows one rollout.
type Waiter struct {
	clients clients.Clients
	typed   kubernetes.Interface
	clock   clock.WithTicker
	out     io.Writer

	target   Target
	start    time.Time
	said     string
	since    time.Time // when the present state began
	pulls    map[types.UID]int
	joined   chan joined
	followed map[string]bool
	member   string // the container that has registered
	// forgotten: it runs, and its log no longer tells
	forgotten bool
	nudged    bool
}

// NewWaiter makes a Waiter that writes a line for every change to out.
func NewWaiter(c clients.Clients, out io.Writer, clk clock.WithTicker) (*Waiter, error) {
	typed, err := c.Typed()
	if err != nil {
		return nil, err
	}
	return &Waiter{
		clients: c, typed: typed, clock: clk, out: out,
		pulls: map[types.UID]int{}, joined: make(chan joined), followed: map[string]bool{},
	}, nil
}

// Wait returns when the target is there, when it cannot come, or when ctx ends.
func (w *Waiter) Wait(ctx context.Context, target Target) error {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	w.target, w.start = target, w.clock.Now()
	watch, err := newWatch(ctx, w.typed, target)
	if err != nil {
		return err
	}
	// Graces run out without anything changing in the cluster: the tick looks
	// at the local cache again, it asks the server nothing.
	tick := w.clock.NewTicker(time.Second)
	defer tick.Stop()
	for {
		s := watch.view().assess(target)
		if done, err := w.step(ctx, s); done || err != nil {
			return err
		}
		select {
		case <-watch.changed:
		case <-tick.C():
		case j := <-w.joined:
			if err := w.note(j); err != nil {
				return err
			}
		case err := <-watch.failed:
			return w.clients.Explain(ctx, err)
		case <-ctx.Done():
			return w.late(ctx, s)
		}
	}
}

// step reports a state and judges it.
func (w *Waiter) step(ctx context.Context, s state) (done bool, err error) {
	w.report(s)
	if err := w.hopeless(ctx, s); err != nil {
		return false, err
	}
	switch {
	case !s.running:
		return false, nil
	case w.target.Role == kit.RoleServer:
		return s.ready, nil
	case w.member != "" && w.member == s.container:
		w.sayRegistered()
		return true, nil
	}
	w.follow(ctx, s)
	return false, nil
}

// report writes a line when the state has changed.
func (w *Waiter) report(s state) {
	if s.text == "" || s.text == w.said {
		return
	}
	w.since = w.clock.Now()
	if s.reason == "ErrImagePull" {
		w.pulls[s.pod.UID]++
	}
	w.say(s.text)
}

func (w *Waiter) say(text string) {
	w.said = text
	elapsed := w.clock.Since(w.start).Truncate(time.Second)
	_, _ = fmt.Fprintf(w.out, "%5s  %s: %s\n", elapsed, w.target.Participant, text)
}

func (w *Waiter) sayRegistered() {
	if w.forgotten {
		w.say("running for long; its log no longer tells whether it has registered")
		return
	}
	w.say("registered with federation " + w.target.Federation)
}

// late is the error of a wait that ran out of time or was interrupted.
func (w *Waiter) late(ctx context.Context, s state) error {
	if !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return fmt.Errorf("interrupted: everything of %q is applied, and it is still: %s", w.target.Participant, s.text)
	}
	goal := "ready"
	if w.target.Role == kit.RoleClient {
		goal = "registered"
	}
	err := fmt.Errorf("%q is not %s after %s: %s", w.target.Participant, goal, w.clock.Since(w.start).Truncate(time.Second), s.text)
	if s.pod == nil {
		return err
	}
	// The context of the wait is over; these two reads get their own few seconds.
	fresh, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, w.evidence(fresh, s.pod, &corev1.PodLogOptions{}))
}
