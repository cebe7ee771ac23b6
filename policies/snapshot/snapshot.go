// Package snapshot has the only kind of the snapshot API that verdicts need, with the fields
// of its spec: a field that is not here is denied as unknown. The module of the API itself
// would also add its client.
// Source: kubernetes-csi/external-snapshotter, client/apis/volumesnapshot/v1, v8.2.
//
// +kubebuilder:object:generate=true
package snapshot

import metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

// Group and Resource are the group and a resource of snapshot.storage.k8s.io/v1.
const (
	Group    = "snapshot.storage.k8s.io"
	Resource = "volumesnapshots"
	Kind     = "VolumeSnapshot"
)

// VolumeSnapshot is a snapshot of a claim, made by the storage.
//
// +kubebuilder:object:root=true
type VolumeSnapshot struct {
	metav1.TypeMeta   `json:",inline"`
	metav1.ObjectMeta `json:"metadata"`

	Spec Spec `json:"spec"`
}

// Spec is the spec of a snapshot.
type Spec struct {
	Source                  Source  `json:"source"`
	VolumeSnapshotClassName *string `json:"volumeSnapshotClassName,omitempty"`
}

// Source has the name of the claim. It is nil if the source is not a claim.
type Source struct {
	PersistentVolumeClaimName *string `json:"persistentVolumeClaimName,omitempty"`
	VolumeSnapshotContentName *string `json:"volumeSnapshotContentName,omitempty"`
}
