package checks

import (
	corev1 "k8s.io/api/core/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/snapshot"
)

// IDCopies is the check of what would hold the same as a claim of the policy.
const IDCopies = "copies"

// kindClaim is how a data source names a claim.
const kindClaim = "PersistentVolumeClaim"

// Claim refuses a claim that is a copy of data, of a workspace or of kits: whoever
// may mount no such claim could mount the copy. Source: apiserver.md, "PVC copies":
// the built-in role edit is enough to make one. The API server keeps dataSource and
// dataSourceRef alike, so nothing tells which of them was written; the message names
// the older.
//
// A source of another kind is a volume populator's, and some populators clone
// claims: nobody can tell here what such a source is made of, so it is refused.
// Snapshots are checked when they are made. One from before the namespace was governed
// is not: a cluster admin looks for those before `site add`.
//
// Fields: spec.dataSource, spec.dataSourceRef.
func Claim(c *corev1.PersistentVolumeClaim, policy *compiled.Policy) []Result {
	var sources []source
	if s := c.Spec.DataSource; s != nil {
		sources = append(sources, source{group(s.APIGroup), s.Kind, s.Name})
	}
	if s := c.Spec.DataSourceRef; s != nil {
		sources = append(sources, source{group(s.APIGroup), s.Kind, s.Name})
	}
	for _, s := range sources {
		if results := s.check(policy); results != nil {
			return results
		}
	}
	return nil
}

// source is what a claim is filled from.
type source struct{ group, kind, name string }

func group(name *string) string {
	if name == nil {
		return corev1.GroupName
	}
	return *name
}

func (s source) check(policy *compiled.Policy) []Result {
	switch {
	case s.group == corev1.GroupName && s.kind == kindClaim:
		return copyOf(s.name, "spec.dataSource", policy)
	case s.group == snapshot.Group && s.kind == snapshot.Kind:
		return nil
	}
	return []Result{{
		ID: IDCopies, Field: "spec.dataSource", Reason: "a source that nobody can look into", Detail: quote(s.kind+"."+s.group) + " " + quote(s.name) + " could be a copy of another claim",
		Fix: "make the claim empty, or of a claim or a VolumeSnapshot of this namespace",
	}}
}

// Snapshot is the same for a snapshot: any claim could be made of it.
//
// Fields: spec.source.persistentVolumeClaimName.
func Snapshot(s *snapshot.VolumeSnapshot, policy *compiled.Policy) []Result {
	if name := s.Spec.Source.PersistentVolumeClaimName; name != nil {
		return copyOf(*name, "spec.source.persistentVolumeClaimName", policy)
	}
	return nil
}

func copyOf(claim, field string, policy *compiled.Policy) []Result {
	what := policy.ClaimHolds(claim)
	if what == "" {
		return nil
	}
	return []Result{{
		ID: IDCopies, Field: field, Reason: "a copy of what only participants may see", Detail: "claim " + quote(claim) + " holds " + what,
		Fix: "have whoever looks after the storage make backups outside of the namespace",
	}}
}
