package main

import (
	"context"
	"fmt"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/test/e2e/scenario"
)

// What the webhook must keep to.
const (
	mostMemory  = 64 << 20
	mostVisible = time.Second
)

func (d *demo) measure(ctx context.Context) error {
	pods, err := d.WebhookPods(ctx)
	if err != nil {
		return err
	}
	for _, pod := range pods {
		if err := d.measurePod(ctx, pod); err != nil {
			return err
		}
	}
	took, err := d.PolicyChange(ctx)
	fmt.Printf("a policy change is visible after %s, at most %s\n", took.Round(time.Millisecond), mostVisible)
	if err == nil && took > mostVisible {
		err = fmt.Errorf("a policy change was visible after %s only", took)
	}
	return err
}

func (d *demo) measurePod(ctx context.Context, pod corev1.Pod) error {
	memory, err := d.ResidentMemory(ctx, pod)
	if err != nil {
		return err
	}
	// The kubelet tells whole seconds, and looks once a second: no measure of the
	// webhook itself, which the tests against a real API server time.
	fmt.Printf("pod %s: %.1f MiB resident, at most %d; ready %s after its start, as the kubelet tells it\n",
		pod.Name, float64(memory)/(1<<20), mostMemory>>20, scenario.ReadyAfter(pod))
	if memory == 0 || memory > mostMemory {
		return fmt.Errorf("pod %s has %d bytes of resident memory", pod.Name, memory)
	}
	return nil
}
