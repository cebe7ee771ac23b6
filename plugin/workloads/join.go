package workloads

import (
	"context"

	corev1 "k8s.io/api/core/v1"
)

// Joiner is implemented by frameworks of which some participants join a federation
// in a way that the readiness of their pods does not show. All others have joined
// when their pods are ready.
type Joiner interface {
	// Joins says whether the pod of a workload is one that joins.
	Joins(Workload) bool
	// Joined looks for signs that it has. It is asked about running pods of
	// workloads that join. An error is one of the cluster's.
	Joined(context.Context, Member, Prober) (Joining, error)
}

// Joining says whether a participant has joined its federation.
type Joining string

// The answers. A sign that is not there any more, such as a line of a log that was
// rotated away, makes the answer unknown.
const (
	Joined         Joining = "yes"
	NotJoined      Joining = "no"
	JoiningUnknown Joining = "unknown"
)

// Member is a running participant of a federation.
type Member struct {
	// Participant and Federation are true names.
	Participant, Federation string
	Workload                Workload
	Pod                     *corev1.Pod
}

// Prober looks into the pod of a Member: once, or, where a command waits, until it
// finds what it looks for or the container ends.
type Prober interface {
	// Log looks for a line of the log of a container.
	Log(ctx context.Context, container string, match func(line string) bool) (Joining, error)
	// HTTP looks at the body of the answer to GET http://POD:port/path, as the API
	// server's proxy brings it. A body of any status counts.
	HTTP(ctx context.Context, port int, path string, match func(body []byte) bool) (Joining, error)
}
