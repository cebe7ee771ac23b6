// Package snapshot has the one kind of Kubernetes' snapshots that a verdict needs,
// with what it needs of it: the API's own module would bring its client along.
package snapshot

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
)

// Group and Resource are those of snapshot.storage.k8s.io/v1.
const (
	Group    = "snapshot.storage.k8s.io"
	Resource = "volumesnapshots"
	Kind     = "VolumeSnapshot"
)

// VolumeSnapshot is a copy of what a claim holds, made by the storage.
type VolumeSnapshot struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec Spec `json:"spec"`
}

// Spec is what a snapshot is made of.
type Spec struct {
	Source Source `json:"source"`
}

// Source names the claim; a snapshot of something that is no claim has nil.
type Source struct {
	PersistentVolumeClaimName *string `json:"persistentVolumeClaimName,omitempty"`
}

// DeepCopyObject implements runtime.Object.
func (s *VolumeSnapshot) DeepCopyObject() runtime.Object {
	if s == nil {
		return nil
	}
	out := *s
	s.ObjectMeta.DeepCopyInto(&out.ObjectMeta)
	if name := s.Spec.Source.PersistentVolumeClaimName; name != nil {
		out.Spec.Source.PersistentVolumeClaimName = new(*name)
	}
	return &out
}
