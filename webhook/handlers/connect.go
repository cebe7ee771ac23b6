package handlers

import (
	"context"
	"errors"
	"fmt"

	"golang.org/x/sync/semaphore"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/labels"
	utilnet "k8s.io/apimachinery/pkg/util/net"
	"sigs.k8s.io/controller-runtime/pkg/client"
	"sigs.k8s.io/controller-runtime/pkg/webhook/admission"
)

// Connect evaluates exec, attach, port-forward and proxy. Such a request brings
// options and no pod, so the pod is looked up.
func Connect(inputs *Inputs) admission.Handler {
	places := semaphore.NewWeighted(maxTargets)
	return &validator{name: nameConnect, inputs: inputs, gather: func(ctx context.Context, in *Inputs, e *evaluation) error {
		n := int64(1)
		if e.review.Resource.Resource == "services" {
			n = maxTargets
		}
		if places.Acquire(ctx, n) != nil {
			return errManyTargets
		}
		// The pods are needed until the verdict, which ends the context.
		context.AfterFunc(ctx, func() { places.Release(n) })
		return gatherTargets(ctx, in, e)
	}}
}

var errManyTargets = errors.New("too many connections are evaluated at a time; try again")

func gatherTargets(ctx context.Context, in *Inputs, e *evaluation) error {
	var err error
	namespace, name := e.review.Namespace, e.review.Name
	if e.review.Subresource == "proxy" {
		// A name for a proxy may have a scheme and a port: https:name:80.
		if _, name, _, err = splitProxyName(name); err != nil {
			return err
		}
	}
	if e.review.Resource.Resource == "services" {
		e.facts.Targets, err = in.podsOfService(ctx, namespace, name)
	} else {
		e.facts.Targets, err = in.pod(ctx, namespace, name)
	}
	if err == nil {
		err = in.lookAtTargets(ctx, e)
	}
	return err
}

func splitProxyName(name string) (scheme, host, port string, err error) {
	scheme, host, port, ok := utilnet.SplitSchemeNamePort(name)
	if !ok {
		return "", "", "", fmt.Errorf("%.80q is not a valid name for a proxy", name)
	}
	return scheme, host, port, nil
}

func (in *Inputs) pod(ctx context.Context, namespace, name string) ([]*corev1.Pod, error) {
	pod := &corev1.Pod{}
	if err := in.Reader.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, pod); err != nil {
		return nil, fmt.Errorf("the pod %q cannot be looked up: %w", name, err)
	}
	return []*corev1.Pod{pod}, nil
}

// maxTargets is how many pods a Service may select in a request for its proxy, since each
// of them is evaluated, and how many pods are in memory at a time for all requests: a pod
// is as large as its author makes it.
const maxTargets = 8

// podsOfService are those that the Service selects. One without a selector leads
// any address that its author chose, so it is unknown what it reaches.
func (in *Inputs) podsOfService(ctx context.Context, namespace, name string) ([]*corev1.Pod, error) {
	service := &corev1.Service{}
	if err := in.Reader.Get(ctx, client.ObjectKey{Namespace: namespace, Name: name}, service); err != nil {
		return nil, fmt.Errorf("the Service %q cannot be looked up: %w", name, err)
	}
	if len(service.Spec.Selector) == 0 {
		return nil, fmt.Errorf("the Service %q has no selector, so its pods are unknown", name)
	}
	pods := &corev1.PodList{}
	selector := client.MatchingLabelsSelector{Selector: labels.SelectorFromSet(service.Spec.Selector)}
	if err := in.Reader.List(ctx, pods, client.InNamespace(namespace), selector, client.Limit(maxTargets)); err != nil {
		return nil, fmt.Errorf("the pods of Service %q cannot be looked up: %w", name, err)
	}
	if pods.Continue != "" || len(pods.Items) > maxTargets {
		return nil, fmt.Errorf("the Service %q selects more than %d pods: connect to one of its pods instead", name, maxTargets)
	}
	targets := make([]*corev1.Pod, 0, len(pods.Items))
	for i := range pods.Items {
		targets = append(targets, &pods.Items[i])
	}
	return targets, nil
}

// lookAtTargets reads the kits of the pods: they say what role a pod has.
func (in *Inputs) lookAtTargets(ctx context.Context, e *evaluation) error {
	for _, pod := range e.facts.Targets {
		in.lookAt(ctx, e, pod)
	}
	return ctx.Err()
}
