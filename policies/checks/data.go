package checks

import (
	"slices"

	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/profiles"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// data requires that the site's data is mounted only as the policy says: which claim,
// bound to which volume, at which path, read-only, by which role. Kubernetes allows
// several volumes with one claim, of which one may be writable; they are denied. A job
// mounts data that is for studies at the path of its study.
//
// Fields: volumes[*].persistentVolumeClaim, volumeMounts.
func data(p *Pod) []Result {
	var results []Result
	for i := range p.Spec.Volumes {
		v := &p.Spec.Volumes[i]
		if v.PersistentVolumeClaim == nil || p.sources[i] != profiles.SourceData {
			continue
		}
		rule, _ := p.Site.Data(v.PersistentVolumeClaim.ClaimName)
		if r, ok := p.claimProblem(i, rule); ok {
			results = append(results, r)
		}
		results = append(results, p.dataMounts(v, rule)...)
	}
	return append(results, p.twoStudies()...)
}

func (p *Pod) claimProblem(i int, rule *v1alpha1.DataRule) (Result, bool) {
	at := func() string { return indexed("volumes", i) + ".persistentVolumeClaim" }
	if !slices.Contains(rule.Roles, p.Role()) {
		return p.fail(IDData, at(), "the role may not mount the data", "remove it, or add the role to the policy",
			"claim %s is for %v, and this is a pod of the role %s", quote(rule.ClaimName), rule.Roles, p.Role()), true
	}
	for j := range i {
		if c := p.Spec.Volumes[j].PersistentVolumeClaim; c != nil && c.ClaimName == rule.ClaimName {
			return p.fail(IDData, at(), "the same claim twice", "use one volume with the claim", "claim %s", quote(rule.ClaimName)), true
		}
	}
	if rule.VolumeName == "" {
		return Result{}, false
	}
	known, ok := p.Facts.Claims[rule.ClaimName]
	switch {
	case !ok:
		return p.fail(IDData, at(), "the claim cannot be looked up", "make sure that the claim exists", "claim %s", quote(rule.ClaimName)), true
	case known.Error != "":
		return p.fail(IDData, at(), "the claim cannot be looked up", "make sure that the claim exists", "claim %s: %s", quote(rule.ClaimName), oneLine(known.Error)), true
	case known.VolumeName != rule.VolumeName:
		return p.fail(IDData, at(), "the claim is not bound to the site's volume", "bind the claim to the volume in spec.data",
			"claim %s is bound to %s, not to %s", quote(rule.ClaimName), quote(known.VolumeName), quote(rule.VolumeName)), true
	}
	return Result{}, false
}

func (p *Pod) dataMounts(v *corev1.Volume, rule *v1alpha1.DataRule) []Result {
	var results []Result
	for _, c := range p.containers {
		for i := range c.VolumeMounts {
			m := &c.VolumeMounts[i]
			if m.Name != v.Name {
				continue
			}
			if len(rule.Studies) > 0 && p.Process.Kind == profiles.KindJob {
				results = append(results, p.studyMount(c, i, rule)...)
			} else if m.MountPath != rule.MountPath {
				results = append(results, p.failIn(c, IDData, indexed("volumeMounts", i)+".mountPath", "the data is mounted at another path", "mount it at "+rule.MountPath,
					"claim %s at %s", quote(rule.ClaimName), quote(m.MountPath)))
			}
			if rule.MustBeReadOnly() && !m.ReadOnly {
				results = append(results, p.failIn(c, IDData, indexed("volumeMounts", i)+".readOnly", "the data is writable", "set readOnly: true", "claim %s", quote(rule.ClaimName)))
			}
		}
	}
	return results
}
