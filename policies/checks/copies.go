package checks

import (
	"slices"

	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/facts"
	"github.com/kubectl-flare/kubectl-flare/policies/snapshot"
)

// IDCopies is the check of copies of a claim in the policy.
const IDCopies = "copies"

// kindClaim is the kind of a claim in a data source.
const kindClaim = "PersistentVolumeClaim"

// copies denies a claim that is a copy of data, of a workspace or of kits: pods that may
// not mount the original could mount the copy, and users with the built-in role edit can
// make one. The API server sets dataSource and dataSourceRef to the same value, so that
// it is unknown which of them the user wrote; the message names dataSource.
//
// A source of another kind belongs to a volume populator. Some populators clone claims,
// and the content of such a source is unknown, so it is denied. Snapshots are checked
// when they are created. Snapshots that are older than the label of the namespace are
// not: a cluster admin should look for them before `site add`.
//
// Backup tools make copies too, so users with the verb govern may, and are warned.
func copies(c *corev1.PersistentVolumeClaim, policy *compiled.Policy, f *facts.Facts) []Result {
	var sources []source
	if s := c.Spec.DataSource; s != nil {
		sources = append(sources, source{group(s.APIGroup), s.Kind, s.Name})
	}
	if s := c.Spec.DataSourceRef; s != nil {
		sources = append(sources, source{group(s.APIGroup), s.Kind, s.Name})
	}
	for _, s := range sources {
		if results := s.check(policy, f); results != nil {
			return results
		}
	}
	return nil
}

// source is the object from which a claim is filled.
type source struct{ group, kind, name string }

func group(name *string) string {
	if name == nil {
		return corev1.GroupName
	}
	return *name
}

func (s source) check(policy *compiled.Policy, f *facts.Facts) []Result {
	switch {
	case s.group == corev1.GroupName && s.kind == kindClaim:
		return copyOf(s.name, "spec.dataSource", policy, f)
	case s.group == snapshot.Group && s.kind == snapshot.Kind:
		return nil
	}
	return []Result{{
		ID: IDCopies, Field: "spec.dataSource", Reason: "a source of a kind that is not allowed", Detail: quote(s.kind+"."+s.group) + " " + quote(s.name) + " could be a copy of another claim",
		Fix: "make an empty claim, or use a claim or a VolumeSnapshot of this namespace", Exempt: ExemptGovernWarned,
	}}
}

// Snapshot is the same for a snapshot, since any claim could be made of it.
//
// Fields: spec.source.persistentVolumeClaimName.
func Snapshot(s *snapshot.VolumeSnapshot, policy *compiled.Policy, f *facts.Facts) []Result {
	if name := s.Spec.Source.PersistentVolumeClaimName; name != nil {
		return copyOf(*name, "spec.source.persistentVolumeClaimName", policy, f)
	}
	return nil
}

func copyOf(claim, field string, policy *compiled.Policy, f *facts.Facts) []Result {
	what := policy.ClaimHolds(claim)
	if what == "" && mayHoldData(f, policy, claim) {
		what = "data, or it cannot be looked up"
	}
	if what == "" {
		return nil
	}
	return []Result{{
		ID: IDCopies, Field: field, Reason: "a copy of a claim that only participants may mount", Detail: "claim " + quote(claim) + " contains " + what,
		Fix: "for a backup, give the backup tool the verb govern on the SitePolicy, or ask a storage admin to make it outside of the namespace", Exempt: ExemptGovernWarned,
	}}
}

// CopySources are the claims that a new claim or snapshot is made of, whose volumes the
// verdict depends on.
func CopySources(object runtime.Object) []string {
	var names []string
	switch o := object.(type) {
	case *corev1.PersistentVolumeClaim:
		if s := o.Spec.DataSource; s != nil && s.Kind == kindClaim {
			names = append(names, s.Name)
		}
		if s := o.Spec.DataSourceRef; s != nil && s.Kind == kindClaim {
			names = append(names, s.Name)
		}
	case *snapshot.VolumeSnapshot:
		if name := o.Spec.Source.PersistentVolumeClaimName; name != nil {
			names = append(names, *name)
		}
	}
	slices.Sort(names)
	return slices.Compact(names)
}
