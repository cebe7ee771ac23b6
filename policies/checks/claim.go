package checks

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
)

// IDClaim is the check of claims.
const IDClaim = "claim"

// Claim evaluates a new claim, or an update that binds one to a volume; old is nil for a
// new one. A volume with data of the policy is for the claim that the policy names. The
// binder of Kubernetes writes spec.volumeName in an update of the claim, so this covers
// what it chooses by a selector, a storage class or the size. The kubelet mounts no claim
// without spec.volumeName.
//
// Fields: spec.volumeName, spec.dataSource, spec.dataSourceRef.
func Claim(c, old *corev1.PersistentVolumeClaim, site *compiled.Policy, f *facts.Facts) []Result {
	results := volumeOf(c, old, site)
	switch {
	case old != nil:
		return results // the sources cannot be changed
	case site.ClaimHolds(c.Name) == "":
		return append(results, copies(c, site, f)...)
	case c.Spec.DataSource != nil || c.Spec.DataSourceRef != nil:
		return append(results, Result{
			ID: IDClaim, Field: "spec.dataSource", Reason: "a claim for participants that is filled from another source",
			Detail: "claim " + quote(c.Name) + " contains " + site.ClaimHolds(c.Name),
			Fix:    "leave dataSource and dataSourceRef out; to restore a backup, fill a volume outside of the namespace and bind the claim to it with volumeName",
		})
	}
	return results
}

// volumeOf compares the volume that a claim names, and did not name before, with the
// policy.
func volumeOf(c, old *corev1.PersistentVolumeClaim, site *compiled.Policy) []Result {
	volume := c.Spec.VolumeName
	if volume == "" || (old != nil && old.Spec.VolumeName == volume) {
		return nil
	}
	bad := func(reason, detail, fix string) []Result {
		return []Result{{ID: IDClaim, Field: "spec.volumeName", Reason: reason, Detail: detail, Fix: fix}}
	}
	if rule := site.DataOn(volume); rule != nil && rule.ClaimName != c.Name {
		return bad("the volume with the site's data is for another claim", "volume "+quote(volume)+" is for claim "+quote(rule.ClaimName),
			"choose another volume; if Kubernetes chose it, have a storage admin reserve it with spec.claimRef of the PersistentVolume")
	}
	if rule, _ := site.Data(c.Name); rule != nil && rule.VolumeName != "" && rule.VolumeName != volume {
		return bad("not the volume with the site's data", "claim "+quote(c.Name)+" must be bound to "+quote(rule.VolumeName)+", not to "+quote(volume),
			"set spec.volumeName to "+quote(rule.VolumeName))
	}
	return nil
}

// ClaimDeletion evaluates the deletion of a claim. The data of a participant's claim
// would be lost, and another claim could take its name.
func ClaimDeletion(c *corev1.PersistentVolumeClaim, site *compiled.Policy) []Result {
	what := site.ClaimHolds(c.Name)
	if what == "" {
		return nil
	}
	return []Result{{
		ID: IDClaim, Field: "metadata.name", Reason: "the claim may not be deleted", Detail: "claim " + quote(c.Name) + " contains " + what,
		Fix: "ask a user with the verb govern on the SitePolicy to delete it", Exempt: ExemptGovern,
	}}
}
