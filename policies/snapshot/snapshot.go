// Package snapshot has the one kind of Kubernetes' snapshots that a verdict needs,
// with what it needs of it: the API's own module would bring its client along.
//
// +kubebuilder:object:generate=true
package snapshot

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Group and Resource are those of snapshot.storage.k8s.io/v1.
const (
	Group    = "snapshot.storage.k8s.io"
	Resource = "volumesnapshots"
	Kind     = "VolumeSnapshot"
)

// VolumeSnapshot is a copy of what a claim holds, made by the storage.
//
// +kubebuilder:object:root=true
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
