package policies

import (
	"maps"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// The values of AuditVerdict.
const (
	verdictAllowed = "allowed"
	verdictDenied  = "denied"
	verdictWarned  = "warned"
	verdictAudited = "audited"
)

// decide makes a verdict of the violations, by the policy's enforcement. Any value
// but Warn and Audit denies, even one that this version does not know.
func (p *Policy) decide(results []checks.Result) Decision {
	d := Decision{Policy: p.name, Results: results, Allowed: len(results) == 0}
	if d.Allowed {
		d.AuditAnnotations = p.plain
		return d
	}
	switch p.site.Spec().Enforcement {
	case v1alpha1.Warn:
		d.Allowed, d.Warnings = true, d.lines()
		d.annotate(verdictWarned)
	case v1alpha1.Audit:
		d.Allowed = true
		d.annotate(verdictAudited)
		d.note(AuditMessage, d.Message())
	case v1alpha1.Enforce:
		d.annotate(verdictDenied)
	default:
		d.annotate(verdictDenied)
	}
	return d
}

func (d *Decision) annotate(verdict string) {
	d.AuditAnnotations = annotations(d.Policy, verdict, d.Results)
}

// annotations are the audit annotations of a verdict.
func annotations(policy, verdict string, results []checks.Result) map[string]string {
	all := map[string]string{AuditPolicy: policy, AuditVerdict: verdict}
	if len(results) == 0 {
		return all
	}
	var ids []string
	for i, r := range results {
		if i == 0 || r.ID != results[i-1].ID {
			ids = append(ids, r.ID)
		}
	}
	all[AuditViolations] = strings.Join(ids, ",")
	return all
}

// note adds an audit annotation. Verdicts share their annotations, so it adds to a copy.
func (d *Decision) note(key, value string) {
	d.AuditAnnotations = maps.Clone(d.AuditAnnotations)
	d.AuditAnnotations[key] = value
}
