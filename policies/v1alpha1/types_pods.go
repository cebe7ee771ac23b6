package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
)

// ImageRules are the images that participants may run.
type ImageRules struct {
	// allowed are the allowed images, by repository and digest. Participants may
	// run no others.
	//
	// +listType=atomic
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	Allowed []AllowedImage `json:"allowed"`

	// pullSecrets are the names of the Secrets that participants' pods may use to
	// pull images. "{participant}" is replaced with the participant's object name, and an
	// asterisk at the end matches any ending: "{participant}-dockercfg-*" are the
	// Secrets that OpenShift adds to a participant's ServiceAccount.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=20
	PullSecrets []string `json:"pullSecrets,omitempty"`
}

// AllowedImage is one image.
type AllowedImage struct {
	// repository is the exact repository, with its registry and without tag or
	// digest, such as registry.hospital-a.org:5000/flare/trainer.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=255
	Repository string `json:"repository"`

	// tag is replaced with the digest in pods that are created with it. A pod
	// whose image has only a tag when it is validated is denied.
	//
	// +optional
	// +kubebuilder:validation:Pattern=`^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$`
	Tag string `json:"tag,omitempty"`

	// digest is the digest of the image: sha256: and 64 lower-case hexadecimal
	// digits.
	//
	// +kubebuilder:validation:Pattern=`^sha256:[0-9a-f]{64}$`
	Digest string `json:"digest"`
}

// WorkspaceRule is where a participant keeps its files. "{participant}" is
// replaced with the participant's object name.
type WorkspaceRule struct {
	// claimName is the name of the PersistentVolumeClaim.
	//
	// +optional
	// +kubebuilder:default="{participant}-workspace"
	// +kubebuilder:validation:MaxLength=253
	ClaimName string `json:"claimName,omitempty"`

	// subPath is the folder of the claim that belongs to the participant and is
	// mounted at mountPath; no other folder may be. If empty, the whole claim belongs
	// to the participant. If participants share a claim, set it to "{participant}".
	//
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	SubPath string `json:"subPath,omitempty"`

	// mountPath is the absolute path of the workspace in the container.
	//
	// +optional
	// +kubebuilder:default=/workspace
	// +kubebuilder:validation:MaxLength=1024
	MountPath string `json:"mountPath,omitempty"`
}

// DataRule is a claim with data of the site.
type DataRule struct {
	// claimName is the name of the PersistentVolumeClaim.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	ClaimName string `json:"claimName"`

	// volumeName is the name of the PersistentVolume that the claim must be bound
	// to. Set it so that a claim that is deleted and made again does not count.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=253
	VolumeName string `json:"volumeName,omitempty"`

	// mountPath is the only path at which the claim may be mounted. It is absolute.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	MountPath string `json:"mountPath"`

	// readOnly requires that the claim is mounted read-only.
	//
	// +optional
	// +kubebuilder:default=true
	ReadOnly *bool `json:"readOnly,omitempty"`

	// roles are the roles whose pods may mount the claim.
	//
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	Roles []Role `json:"roles"`

	// studies are the studies whose jobs may mount the claim, at the path that the
	// framework has for a dataset of the study, and only if local/ of the job's parent
	// lists the claim as this dataset. Pods that are no jobs mount it at mountPath.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MaxLength=63
	Studies []string `json:"studies,omitempty"`
}

// LauncherRule names the launcher of one participant. A job pod that it creates
// must run with the kit of the pod that the launcher's token is bound to.
type LauncherRule struct {
	// participant is the true name of the participant, one of spec.participants.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Participant string `json:"participant"`

	// serviceAccountName is the ServiceAccount of the participant's parent (the
	// server or client) that creates job pods. It may create job pods and no other
	// pods, and no two participants may share it.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	ServiceAccountName string `json:"serviceAccountName"`
}

// PodSecurityLevel is a level of the Pod Security Standards.
//
// +kubebuilder:validation:Enum=privileged;baseline;restricted
type PodSecurityLevel string

// PodSecurityRule applies to every pod of the namespace.
type PodSecurityRule struct {
	// level is a level of the Pod Security Standards. Pods with host namespaces,
	// host paths or privileged containers are denied at every level.
	//
	// +optional
	// +kubebuilder:default=restricted
	Level PodSecurityLevel `json:"level,omitempty"`

	// version is the version of the Pod Security Standards, such as v1.37, or
	// latest.
	//
	// +optional
	// +kubebuilder:default=latest
	// +kubebuilder:validation:Pattern=`^(latest|v1\.(0|[1-9][0-9]*))$`
	Version string `json:"version,omitempty"`

	// runAsUser is the user ID that every container of a participant must run as.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	RunAsUser *int64 `json:"runAsUser,omitempty"`

	// fsGroup is the group ID that must own the volumes of a participant.
	//
	// +optional
	// +kubebuilder:validation:Minimum=1
	FSGroup *int64 `json:"fsGroup,omitempty"`
}

// ResourceRule limits what one pod may use.
type ResourceRule struct {
	// max is the most that all containers of a participant's pod may use together,
	// by resource. For cpu, memory and ephemeral-storage, every container must
	// have a limit if the resource is listed. Devices that are not listed must not
	// be requested.
	//
	// +optional
	Max corev1.ResourceList `json:"max,omitempty"`
}
