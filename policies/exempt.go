package policies

import (
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// NeedsGovern says whether a denied request would be allowed to a user with the verb
// govern on the policy.
func (d Decision) NeedsGovern() bool {
	needs := func(r checks.Result) bool { return r.Exempt != checks.ExemptNone }
	others := func(r checks.Result) bool { return r.Exempt == checks.ExemptNone }
	return slices.ContainsFunc(d.Results, needs) && !slices.ContainsFunc(d.Results, others)
}

// split separates what a user with the verb govern may do anyway.
func split(results []checks.Result) (rest, exempt []checks.Result) {
	for _, r := range results {
		if r.Exempt == checks.ExemptNone {
			rest = append(rest, r)
		} else {
			exempt = append(exempt, r)
		}
	}
	return rest, exempt
}

// exempt records what a user was allowed because of the verb govern.
func (d *Decision) exempt(user string, results []checks.Result) {
	if len(results) == 0 || !d.Allowed {
		return
	}
	var ids []string
	for _, r := range results {
		ids = append(ids, r.ID)
		if r.Exempt == checks.ExemptGovernWarned {
			d.Warnings = append(d.Warnings, "SitePolicy "+d.Policy+": allowed only because you have the verb govern: "+r.String())
		}
	}
	d.note(AuditGovern, user+" "+strings.Join(slices.Compact(ids), ","))
}
