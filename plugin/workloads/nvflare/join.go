package nvflare

import (
	"context"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/plugin/ansi"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/nvflare"
)

// Joins says whether a workload is a client's: a server listens once it is ready, and the
// pods of an admin exist only while a command runs.
func (Workloads) Joins(w workloads.Workload) bool { return w.Role == nvflare.RoleClient }

// Joined looks into the client's log: nothing else on its side shows that it has registered
// with its server.
func (Workloads) Joined(ctx context.Context, m workloads.Member, p workloads.Prober) (workloads.Joining, error) {
	return p.Log(ctx, container, func(line string) bool { return Registered(line, m.Participant, m.Federation) })
}

// Registered says whether a line of a client's log says that the client has
// registered with its federation's server. NVFLARE colors its log.
func Registered(line, participant, federation string) bool {
	want := nvflare.RegistrationText(participant, federation)
	return strings.Contains(strings.TrimRight(ansi.Strip(line), "\r\n")+".", want)
}
