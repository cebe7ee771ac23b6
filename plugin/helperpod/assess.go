package helperpod

import (
	"fmt"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/podstate"
)

// assess says whether the pod runs; it returns an error if waiting does not help.
func assess(what string, pod *corev1.Pod) (podstate.State, error) {
	s := podstate.Of(pod)
	switch {
	case s.Cause == podstate.Ended:
		return s, fmt.Errorf("%s %s ended before it could be used: %s", what, pod.Name, s.Detail)
	case s.Cause == podstate.Invalid, s.PullFailedTwice():
		return s, fmt.Errorf("%s %s does not start: %s", what, pod.Name, s)
	}
	return s, nil
}
