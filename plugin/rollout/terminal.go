package rollout

import (
	"context"
	"fmt"
	"time"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"

	"github.com/kubectl-flare/kubectl-flare/plugin/podstate"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// How long a state may last that can still resolve by itself: a controller may retry
// after the cause is fixed, the scheduler may see a new claim late, and a kubelet pulls
// again after 10 seconds.
const (
	graceDenied        = 3 * time.Second
	graceUnschedulable = 10 * time.Second
	gracePull          = 20 * time.Second
	pullTries          = 2
)

// terminal returns an error if waiting does not help.
func (f *follower) terminal(ctx context.Context, s state) error {
	lasted := f.clock.Since(f.since)
	switch {
	case s.denied && f.retry(ctx, s):
		return nil
	case s.denied && lasted >= graceDenied:
		return f.fail(s)
	case s.pod == nil:
		return nil
	}
	switch s.Cause {
	case podstate.Pull:
		if f.pulls[s.pod.UID] >= pullTries || lasted >= gracePull {
			s.Detail += "; check --image, and whether the namespace needs --image-pull-secret"
			return f.fail(s)
		}
	case podstate.Invalid:
		return f.fail(s)
	case podstate.Init:
		return f.initFailed(s)
	case podstate.Crash:
		return f.crashed(ctx, s)
	case podstate.Unschedulable:
		if lasted >= graceUnschedulable {
			return f.unschedulable(ctx, s)
		}
	case podstate.None, podstate.Ended:
	}
	return nil
}

// initFailed is final if the init container has failed since this launch began: the cause
// of an earlier failure may be fixed, and the kubelet tries again later.
func (f *follower) initFailed(s state) error {
	// The kubelet gives whole seconds.
	if s.FailedAt.Before(f.start.Truncate(time.Second)) {
		return nil
	}
	return f.fail(s)
}

// retry makes the controller try again, once, after a denial from before this launch: it
// waits longer and longer between its attempts, up to a quarter of an hour, and the user
// may just have fixed the cause. Any change of the ReplicaSet wakes it. A user who may not
// change a ReplicaSet sees the old denial.
func (f *follower) retry(ctx context.Context, s state) bool {
	if f.retried || !s.deniedAt.Before(f.start) {
		return false
	}
	f.retried, f.since = true, f.clock.Now()
	patch := fmt.Sprintf(`{"metadata":{"annotations":{%q:%q}}}`, names.AnnotationRetried, f.start.UTC().Format(time.RFC3339))
	_, err := f.typed.AppsV1().ReplicaSets(f.target.Namespace).Patch(ctx, s.set, types.MergePatchType, []byte(patch),
		metav1.PatchOptions{FieldManager: names.ManagedBy})
	return err == nil
}
