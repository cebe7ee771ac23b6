package workloads

import (
	"k8s.io/apimachinery/pkg/api/resource"
)

// Settings say what the pods of a participant are made of. The flags of the commands that run
// participants fill them, and files of the kind Federation have them under the same names.
type Settings struct {
	PodSettings `json:",inline"`
	// Image has the framework in it, in the version of the kit.
	Image string `json:"image,omitempty"`
	// Images are those of containers that have another one, by the container's name.
	Images map[string]string `json:"images,omitempty"`
	// ImagePullSecrets are Secrets of the namespace with credentials for the registry.
	ImagePullSecrets []string `json:"imagePullSecrets,omitempty"`
	// Resources are for the container in which jobs run.
	Resources Resources `json:"resources,omitzero"`
	// Data are claims with the site's data.
	Data []Data `json:"data,omitempty"`
	// PodLabels and PodAnnotations are for what the cluster adds to pods, such as the
	// switch of an injector. They cannot replace those of the participant.
	PodLabels      map[string]string `json:"podLabels,omitempty"`
	PodAnnotations map[string]string `json:"podAnnotations,omitempty"`
	// Storage is the workspace.
	Storage Storage `json:"storage,omitzero"`
}

// Storage is the volume for a participant's workspace, which outlives its pods.
type Storage struct {
	// Size is that of a new volume.
	Size resource.Quantity `json:"size,omitzero"`
	// Class is the StorageClass of a new volume; the default is the cluster's default.
	Class string `json:"class,omitempty"`
}
