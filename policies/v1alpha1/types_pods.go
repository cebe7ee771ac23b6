package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
)

// ImageRules are the images that participants may run.
type ImageRules struct {
	// allowed images, by repository and digest. Nothing else runs.
	//
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	Allowed []AllowedImage `json:"allowed"`

	// pullSecrets are the Secrets that participants' pods may pull with.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=20
	PullSecrets []string `json:"pullSecrets,omitempty"`
}

// AllowedImage is one image.
type AllowedImage struct {
	// repository is the exact repository, registry included, without tag or
	// digest: registry.hospital-a.org:5000/flare/trainer.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	Repository string `json:"repository"`

	// tag is rewritten to the digest when a pod comes with it. A pod that still
	// has the tag alone when it is validated is refused.
	//
	// +optional
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`
	Tag string `json:"tag,omitempty"`

	// digest is the image's: sha256: and 64 lower-case hexadecimal digits.
	//
	// +kubebuilder:validation:Pattern=`^sha256:[0-9a-f]{64}$`
	Digest string `json:"digest"`
}

// WorkspaceRule is where a participant keeps its files. "{participant}" stands
// for the participant's object name.
type WorkspaceRule struct {
	// claimName is the PersistentVolumeClaim.
	//
	// +optional
	// +kubebuilder:default="{participant}-workspace"
	// +kubebuilder:validation:MaxLength=253
	ClaimName string `json:"claimName,omitempty"`

	// subPath is the folder of the claim that belongs to the participant; it
	// may mount that folder and those below it. Empty means the whole claim.
	// Sites whose participants share a claim set it to "{participant}".
	//
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	SubPath string `json:"subPath,omitempty"`

	// mountPath is the workspace's folder in the container, absolute.
	//
	// +optional
	// +kubebuilder:default=/workspace
	// +kubebuilder:validation:MaxLength=1024
	MountPath string `json:"mountPath,omitempty"`
}

// DataRule is a claim with data of the site.
type DataRule struct {
	// claimName is the PersistentVolumeClaim.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	ClaimName string `json:"claimName"`

	// volumeName is the PersistentVolume that the claim must be bound to, so
	// that a claim made anew under the same name does not count.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=253
	VolumeName string `json:"volumeName,omitempty"`

	// mountPath is the only place where it may be mounted, absolute.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	MountPath string `json:"mountPath"`

	// readOnly demands that it is mounted read-only.
	//
	// +optional
	// +kubebuilder:default=true
	ReadOnly *bool `json:"readOnly,omitempty"`

	// roles are those whose pods may mount it.
	//
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	Roles []Role `json:"roles"`

	// studies are those whose jobs may mount it. Not enforced yet: refused
	// when set.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=100
	Studies []string `json:"studies,omitempty"`
}

// LauncherRule says who makes job pods.
type LauncherRule struct {
	// serviceAccountName is the ServiceAccount of the parent (the server or
	// client) that makes job pods. Being it only tightens: it may make job pods
	// and nothing else.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	ServiceAccountName string `json:"serviceAccountName"`
}

// PodSecurityLevel is a level of the Pod Security Standards.
//
// +kubebuilder:validation:Enum=privileged;baseline;restricted
type PodSecurityLevel string

// PodSecurityRule binds every pod of the namespace.
type PodSecurityRule struct {
	// level is that of the Pod Security Standards. Host namespaces, host paths
	// and privileged containers are refused at every level.
	//
	// +optional
	// +kubebuilder:default=restricted
	Level PodSecurityLevel `json:"level,omitempty"`

	// version is that of the Pod Security Standards: v1.37, or latest.
	//
	// +optional
	// +kubebuilder:default=latest
	// +kubebuilder:validation:Pattern=`^(latest|v1\.(0|[1-9][0-9]*))$`
	Version string `json:"version,omitempty"`

	// runAsUser is the user that every container of a participant must run as.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	RunAsUser *int64 `json:"runAsUser,omitempty"`

	// fsGroup is the group that a participant's volumes must belong to.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	FSGroup *int64 `json:"fsGroup,omitempty"`
}

// ResourceRule is the most that one pod may take.
type ResourceRule struct {
	// max is the most that one participant's pod may take of a resource, over
	// all of its containers. Every container must then have a limit for cpu,
	// memory and ephemeral-storage where they are named, and no device that is
	// not named may be asked for.
	//
	// +optional
	Max corev1.ResourceList `json:"max,omitempty"`
}
