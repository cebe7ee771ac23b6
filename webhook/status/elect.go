package status

import (
	"context"
	"fmt"
	"time"

	"github.com/go-logr/logr"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	coordinationv1 "k8s.io/client-go/kubernetes/typed/coordination/v1"
	"k8s.io/client-go/rest"
	"k8s.io/client-go/tools/leaderelection"
	"k8s.io/client-go/tools/leaderelection/resourcelock"
)

// Election says where the replicas elect the one that writes.
type Election struct {
	// Namespace and Lease name the Lease.
	Namespace, Lease string
	// Identity is the replica's own: the name of its pod.
	Identity string
	// LeaseDuration is how long the others wait for a leader that has stopped without giving the Lease back.
	LeaseDuration time.Duration
}

// While runs a function whenever the replica is elected, until the context ends. It gives
// the Lease back at the end, so that another replica goes on at once.
func (e Election) While(ctx context.Context, config *rest.Config, log logr.Logger, run func(context.Context)) error {
	leases, err := coordinationv1.NewForConfig(config)
	if err != nil {
		return err
	}
	elector, err := leaderelection.NewLeaderElector(leaderelection.LeaderElectionConfig{
		Lock: &resourcelock.LeaseLock{
			LeaseMeta: metav1.ObjectMeta{Namespace: e.Namespace, Name: e.Lease}, Client: leases,
			LockConfig: resourcelock.ResourceLockConfig{Identity: e.Identity},
		},
		LeaseDuration: e.LeaseDuration, RenewDeadline: e.LeaseDuration * 2 / 3, RetryPeriod: e.LeaseDuration / 8,
		ReleaseOnCancel: true, Name: e.Lease,
		Callbacks: leaderelection.LeaderCallbacks{OnStartedLeading: run, OnStoppedLeading: func() {}},
	})
	if err != nil {
		return fmt.Errorf("the election of the replica that writes the status: %w", err)
	}
	ctx = logr.NewContext(ctx, log)
	for ctx.Err() == nil {
		elector.Run(ctx) // returns when the Lease is lost
	}
	return nil
}
