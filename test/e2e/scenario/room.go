package scenario

import (
	"context"
	"fmt"
	"strings"

	"golang.org/x/sync/semaphore"
	"k8s.io/apimachinery/pkg/api/resource"
)

// webhookCPU is what the webhook's pods request, in thousandths of a CPU.
const webhookCPU = 100

// Room is CPU that the pods of scenarios may request at the same time. A pod that finds no node
// would not be a slow scenario but a failed one: `launch` gives up on it.
type Room struct {
	free *semaphore.Weighted
	all  int64
}

// Room is what the cluster's nodes have, less what the webhook requests.
func (e Env) Room(ctx context.Context) (*Room, error) {
	out, err := Must(ctx, nil, e.Kubectl, "get", "nodes", "-o", "jsonpath={.items[*].status.allocatable.cpu}")
	if err != nil {
		return nil, err
	}
	all := int64(-webhookCPU)
	for text := range strings.FieldsSeq(out) {
		cpu, err := resource.ParseQuantity(text)
		if err != nil {
			return nil, fmt.Errorf("the CPU of a node: %w", err)
		}
		all += cpu.MilliValue()
	}
	if all <= 0 {
		return nil, fmt.Errorf("the cluster's nodes have no CPU to request: %q", out)
	}
	return &Room{free: semaphore.NewWeighted(all), all: all}, nil
}

// Claim waits until there is room for so many thousandths of a CPU, all of them at most. A
// scenario claims once, so that no two wait for each other.
func (r *Room) Claim(ctx context.Context, milliCPU int64) (release func(), err error) {
	milliCPU = min(milliCPU, r.all)
	if err := r.free.Acquire(ctx, milliCPU); err != nil {
		return nil, err
	}
	return func() { r.free.Release(milliCPU) }, nil
}
