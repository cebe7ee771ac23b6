package policies

import (
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// The keys of Decision.AuditAnnotations. The API server puts the webhook's name
// in front of them.
const (
	// AuditPolicy is the name of the policy that decided.
	AuditPolicy = "policy"
	// AuditVerdict is allowed, denied, warned or audited.
	AuditVerdict = "verdict"
	// AuditViolations are the IDs of the checks that failed.
	AuditViolations = "violations"
	// AuditMessage holds what was wrong where nobody else is told.
	AuditMessage = "message"
	// AuditBreakGlass says that access was given by break-glass, and what it was
	// needed for.
	AuditBreakGlass = "breakglass"
)

// Decision is a verdict.
type Decision struct {
	Allowed bool
	// Policy is the name of the policy that decided.
	Policy string
	// Results are the checks that failed, whatever the verdict.
	Results []checks.Result
	// Warnings go to whoever sent the request.
	Warnings []string
	// AuditAnnotations go to the API server's audit log.
	AuditAnnotations map[string]string
}

// Message says why a request is refused: one line for each thing that is wrong,
// with the policy, the container, the field, the reason and the fix.
func (d Decision) Message() string {
	return strings.Join(d.lines(), "\n")
}

func (d Decision) lines() []string {
	lines := make([]string, 0, len(d.Results))
	for _, r := range d.Results {
		lines = append(lines, "SitePolicy "+d.Policy+": "+r.String())
	}
	return lines
}
