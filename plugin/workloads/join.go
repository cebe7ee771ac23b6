package workloads

import (
	"context"
	"time"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Joiner is implemented by frameworks with participants for which the readiness of their
// pods does not show that they have joined. All others have joined once their pods are ready.
type Joiner interface {
	// Joins says whether the pod of a workload joins.
	Joins(Workload) bool
	// Joined finds out whether a running pod of such a workload has joined. Its error is
	// an error of the cluster.
	Joined(context.Context, Member, Prober) (Joining, error)
}

// ServerLog is implemented by frameworks whose servers log the names of those who join and
// leave.
type ServerLog interface {
	// Member reads a line of a server's log; ok says whether it is about a participant.
	Member(line string) (participant string, joined, ok bool)
}

// Rejecter is implemented by frameworks whose participants log that their server does not take
// them.
type Rejecter interface {
	// Rejection reads a line of the log of a participant's container.
	Rejection(line string) (Rejection, bool)
	// ServerRejection reads a line of the log of a container of the server, which may say more
	// about the participant of a kit than the participant learns.
	ServerRejection(participant *kit.Kit, line string) (Rejection, bool)
}

// Rejection is why a server does not take a participant.
type Rejection struct {
	// Reason is a full sentence, which also says what to do.
	Reason string
	// Passes is how long it takes at most until the reason is gone without anyone's help, 0 if
	// that cannot be.
	Passes time.Duration
}

// Joining says whether a participant has joined its federation.
type Joining string

// The answers. The answer is unknown if a sign may be gone, such as a line of a log that was
// rotated away.
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

// Prober looks into the pod of a Member: once or, if a command waits, until it finds what it
// looks for or the container ends.
type Prober interface {
	// Log looks for a line of the log of a container.
	Log(ctx context.Context, container string, match func(line string) bool) (Joining, error)
	// HTTP looks at the body of the response to GET http://POD:port/path, through the API
	// server's proxy, whatever its status.
	HTTP(ctx context.Context, port int, path string, match func(body []byte) bool) (Joining, error)
}
