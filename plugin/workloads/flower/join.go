package flower

import (
	"context"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/plugin/ansi"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks/flower"
)

// Joins says whether a workload is a SuperNode's: a SuperLink serves once its pod is ready,
// and the pods of a scientist exist only while a command runs.
func (Workloads) Joins(w workloads.Workload) bool { return w.Role == flower.RoleClient }

// Joined looks into the SuperNode's log: nothing else on its side shows that its SuperLink
// has activated it.
func (Workloads) Joined(ctx context.Context, _ workloads.Member, p workloads.Prober) (workloads.Joining, error) {
	return p.Log(ctx, containerSuperNode, activated)
}

// activated says whether a line of a SuperNode's log says that the SuperLink has activated
// it. Flower colors its log.
func activated(line string) bool {
	return strings.Contains(ansi.Strip(line), flower.ActivatedText)
}
