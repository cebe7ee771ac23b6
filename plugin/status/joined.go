package status

import (
	"cmp"
	"context"
	"sync"
	"time"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

const (
	// lookers bounds how many pods are probed at once.
	lookers = 8
	// lookTime bounds the time for all of them.
	lookTime = 10 * time.Second
)

// lookForJoined fills in which of the participants have joined.
func (o *Options) lookForJoined(ctx context.Context, typed kubernetes.Interface, all []participants.Participant, pods participants.Pods, items []Item) {
	ctx, cancel := context.WithTimeout(ctx, lookTime)
	defer cancel()
	var wg sync.WaitGroup
	slots := make(chan struct{}, lookers)
	for i, p := range all {
		for j, w := range p.Workloads {
			joiner := o.joiner(p.Framework)
			if joiner == nil || !joiner.Joins(w.Workload) {
				continue
			}
			wg.Go(func() {
				slots <- struct{}{}
				defer func() { <-slots }()
				items[i].Workloads[j].registered = string(look(ctx, typed, joiner, p, w, pods.Of(p, w)))
			})
		}
	}
	wg.Wait()
	for i := range items {
		for _, w := range items[i].Workloads {
			items[i].Registered = cmp.Or(items[i].Registered, w.registered)
		}
	}
}

// joiner is nil if the framework has none, or if this version of the plugin does not know
// the framework.
func (o *Options) joiner(framework string) workloads.Joiner {
	f, err := o.frameworks.Get(framework)
	if err != nil {
		return nil
	}
	return f.Joiner
}

func look(ctx context.Context, typed kubernetes.Interface, joiner workloads.Joiner, p participants.Participant, w participants.Workload, pod *corev1.Pod) workloads.Joining {
	if pod == nil {
		return workloads.NotJoined
	}
	member := workloads.Member{Participant: p.Name, Federation: p.Federation, Workload: w.Workload, Pod: pod}
	joining, err := joiner.Joined(ctx, member, participants.Look{Typed: typed, Pod: pod})
	if err != nil {
		return workloads.JoiningUnknown
	}
	return joining
}
