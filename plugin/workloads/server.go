package workloads

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// ServerChecker is implemented by frameworks whose participants do not understand each server of
// the same framework.
type ServerChecker interface {
	// CheckServer says why the participant of a kit does not understand a server with the
	// given pod, as a full sentence. It is nil if the pod does not show that.
	CheckServer(participant *kit.Kit, server *corev1.PodSpec) error
}
