package rollout

import (
	"context"
	"errors"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-flare/kubectl-flare/plugin/podstate"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// follower follows one workload.
type follower struct {
	*Waiter
	workload workloads.Workload
	// joins says whether its pod joins the federation.
	joins bool

	said    string
	since   time.Time // when the current state began
	pulls   map[types.UID]int
	retried bool
	// asked is the run of the pod for which a probe looks whether it has joined, and
	// stop ends the probe; joined is the run that has joined.
	asked, joined string
	stop          context.CancelFunc
	// rejectedRun is the last run that the server did not take, and rejection why.
	rejectedRun string
	rejection   workloads.Rejection
	// unknown means that the pod runs and nothing shows any more whether it has joined.
	unknown bool
}

func (w *Waiter) newFollowers() []*follower {
	var all []*follower
	for _, workload := range w.target.Workloads {
		if workload.OnDemand() {
			continue
		}
		all = append(all, &follower{
			Waiter: w, workload: workload, pulls: map[types.UID]int{},
			joins: w.target.Joiner != nil && w.target.Joiner.Joins(workload),
		})
	}
	return all
}

// step reports a state and says whether the workload is up.
func (f *follower) step(ctx context.Context, s state) (up bool, err error) {
	s.Text = f.text(s)
	f.report(s)
	if err := f.terminal(ctx, s); err != nil {
		return false, err
	}
	if f.up(s) {
		f.sayJoined()
		return true, nil
	}
	if s.Running && f.joins {
		f.ask(ctx, s)
		return false, f.rejected(ctx, s)
	}
	return false, nil
}

// up says whether the workload is ready or, if it joins, has joined.
func (f *follower) up(s state) bool {
	if f.joins {
		return s.Running && f.joined == s.Run
	}
	return s.Ready
}

// text says what a running pod still lacks.
func (f *follower) text(s state) string {
	switch {
	case !s.Running:
		return s.Text
	case f.joins:
		return "running, registering with " + f.target.Server
	case s.Ready:
		return "ready"
	}
	return "running, not ready yet"
}

// report writes a line when the state has changed.
func (f *follower) report(s state) {
	if s.Text == "" || s.Text == f.said || f.joins && f.up(s) {
		return
	}
	f.since = f.clock.Now()
	if s.Cause == podstate.Pull && !s.PullFailedTwice() {
		f.pulls[s.pod.UID]++
	}
	f.say(s.Text)
}

func (f *follower) say(text string) {
	f.said = text
	f.print(text)
}

func (f *follower) print(text string) {
	elapsed := f.clock.Since(f.start).Truncate(time.Second)
	_, _ = fmt.Fprintf(f.out, "%5s  %s: %s\n", elapsed, f.name(), text)
}

func (f *follower) sayJoined() {
	text := "registered with federation " + f.target.Federation
	if f.unknown {
		text = "running for a long time; its log no longer shows whether it has registered"
	}
	if f.joins && f.said != text {
		f.say(text)
	}
}

// name is the participant's name, with the workload's if there are several.
func (f *follower) name() string {
	if len(f.target.Workloads) == 1 {
		return f.target.Participant
	}
	return f.target.Participant + " (" + f.workload.Name + ")"
}

// subject is name for errors.
func (f *follower) subject() string {
	if len(f.target.Workloads) == 1 {
		return fmt.Sprintf("%q", f.target.Participant)
	}
	return fmt.Sprintf("%q (%s)", f.target.Participant, f.workload.Name)
}

func (f *follower) fail(s state) error {
	return fmt.Errorf("%s in namespace %q does not start: %s", f.subject(), f.target.Namespace, s)
}

// late is the error of a wait that ends before the workload is up.
func (f *follower) late(ctx context.Context, s state) error {
	s.Text = f.text(s)
	if !errors.Is(context.Cause(ctx), context.DeadlineExceeded) {
		return fmt.Errorf("interrupted: all objects of %q are applied; its state is: %s", f.target.Participant, s.Text)
	}
	goal := "ready"
	if f.joins {
		goal = "registered"
	}
	err := errors.Join(fmt.Errorf("%s is not %s after %s: %s", f.subject(), goal, f.clock.Since(f.start).Truncate(time.Second), s.Text), f.whyRejected())
	if s.pod == nil {
		return err
	}
	// The context of the wait has ended; these two reads have a few seconds of their own.
	fresh, cancel := context.WithTimeout(context.WithoutCancel(ctx), 5*time.Second)
	defer cancel()
	return errors.Join(err, f.evidence(fresh, s, &corev1.PodLogOptions{}))
}
