package logs

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
)

// source is a container whose log is printed.
type source struct {
	namespace, pod, container string
}

// prefix begins each line of a source among several, as in kubectl.
func (s source) prefix() string { return "[pod/" + s.pod + "/" + s.container + "] " }

// sources are the containers of the participant's pods, or those of the name that
// was given.
func (o *Options) sources(ctx context.Context, typed kubernetes.Interface) ([]source, error) {
	namespace, err := o.clients.Namespace()
	if err != nil {
		return nil, err
	}
	all, err := participants.List(ctx, typed, namespace)
	if err != nil {
		return nil, err
	}
	p, ok := participants.Find(all, o.Participant)
	switch {
	case !ok:
		return nil, participants.NotFound(all, o.Participant, namespace)
	case p.OnDemand():
		return nil, fmt.Errorf("%q has the role %s: its pods exist only while a `kubectl flare job` command runs", p.Name, p.Role)
	}
	pods, err := participants.ListPods(ctx, typed, namespace)
	if err != nil {
		return nil, err
	}
	return o.sourcesOf(p, pods)
}

// sourcesOf warns about workloads that have no pod: their logs are missing.
func (o *Options) sourcesOf(p participants.Participant, pods participants.Pods) ([]source, error) {
	var found []source
	var absent []error
	var others []string
	for _, w := range p.Workloads {
		pod := pods.Of(p, w)
		if pod == nil {
			absent = append(absent, noPod(p, w))
			continue
		}
		for _, name := range containers(pod, o.Container) {
			if o.Container == "" || name == o.Container {
				found = append(found, source{pod.Namespace, pod.Name, name})
			} else if !slices.Contains(others, name) {
				others = append(others, name)
			}
		}
	}
	switch {
	case len(found) > 0:
		for _, err := range absent {
			_, _ = fmt.Fprintf(o.ErrOut, "Warning: %v\n", err)
		}
		return found, nil
	case len(others) > 0:
		return nil, fmt.Errorf("%q has no container %q: it has %s", p.Name, o.Container, strings.Join(others, ", "))
	}
	return nil, errors.Join(absent...)
}

func noPod(p participants.Participant, w participants.Workload) error {
	return fmt.Errorf("%q has no pod in namespace %q: see `kubectl flare status` and `kubectl describe %s %s -n %s` for the reason",
		p.Name, p.Namespace, strings.ToLower(w.Kind), w.Name, p.Namespace)
}

// containers are the names of a pod's containers; init containers are included only if the
// user gives a name.
func containers(pod *corev1.Pod, name string) []string {
	var names []string
	for _, c := range pod.Spec.Containers {
		names = append(names, c.Name)
	}
	for _, c := range pod.Spec.InitContainers {
		if name != "" {
			names = append(names, c.Name)
		}
	}
	return names
}
