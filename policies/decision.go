package policies

import (
	"fmt"
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
	// AuditMessage says what is wrong, where enforcement Audit shows it to no one
	// else.
	AuditMessage = "message"
	// AuditGovern says who was allowed something that needs the verb govern, and which
	// checks would deny it to others.
	AuditGovern = "govern"
	// AuditBreakGlass says that break-glass gave access, and to what.
	AuditBreakGlass = "breakglass"
)

// Decision is the verdict on a request.
type Decision struct {
	Allowed bool
	// Policy is the name of the policy that decided.
	Policy string
	// Results are the checks that failed, even if the request is allowed.
	Results []checks.Result
	// Warnings go to the user who sent the request.
	Warnings []string
	// AuditAnnotations go to the API server's audit log. They must not be changed.
	AuditAnnotations map[string]string
}

// Message says why a request is denied: one line for each violation, with the policy,
// the container, the field, the reason and the fix.
func (d Decision) Message() string {
	return strings.Join(d.lines(), "\n")
}

// maxLines bounds a message, since the author of an object chooses how much of it is
// wrong. Results has everything.
const maxLines = 20

func (d Decision) lines() []string {
	lines := make([]string, 0, min(len(d.Results), maxLines+1))
	for i, r := range d.Results {
		if i == maxLines {
			return append(lines, fmt.Sprintf("SitePolicy %s: violations not shown: %d; fix those above first", d.Policy, len(d.Results)-maxLines))
		}
		lines = append(lines, "SitePolicy "+d.Policy+": "+r.String())
	}
	return lines
}
