package policies

import (
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
func decide(policy *v1alpha1.SitePolicy, results []checks.Result) Decision {
	d := Decision{Policy: policy.Name, Results: results, Allowed: len(results) == 0}
	if d.Allowed {
		d.annotate(verdictAllowed)
		return d
	}
	switch policy.Spec.Enforcement {
	case v1alpha1.Warn:
		d.Allowed, d.Warnings = true, d.lines()
		d.annotate(verdictWarned)
	case v1alpha1.Audit:
		d.Allowed = true
		d.annotate(verdictAudited)
		d.AuditAnnotations[AuditMessage] = d.Message()
	case v1alpha1.Enforce:
		d.annotate(verdictDenied)
	default:
		d.annotate(verdictDenied)
	}
	return d
}

func (d *Decision) annotate(verdict string) {
	d.AuditAnnotations = map[string]string{AuditPolicy: d.Policy, AuditVerdict: verdict}
	if len(d.Results) == 0 {
		return
	}
	var ids []string
	for i, r := range d.Results {
		if i == 0 || r.ID != d.Results[i-1].ID {
			ids = append(ids, r.ID)
		}
	}
	d.AuditAnnotations[AuditViolations] = strings.Join(ids, ",")
}
