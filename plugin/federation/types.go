// Package federation reads files of the kind Federation: who takes part in a federation,
// where each participant runs and with what. `kubectl flare provision` makes kits of such a
// file, and `kubectl flare up` brings all of it up.
//
// +groupName=kubectl-flare.dev
// +versionName=v1alpha1
package federation

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Kind is the kind of these files. It is not a kind of a cluster.
const Kind = "Federation"

// Federation is the content of a file.
//
// +kubebuilder:object:root=true
type Federation struct {
	metav1.TypeMeta `json:",inline"`
	// Its name is that of the federation. Nothing else of it is used.
	metav1.ObjectMeta `json:"metadata"`

	// Spec says who takes part.
	Spec Spec `json:"spec"`

	// places are where the fields are in the file; nil if there is none.
	places *places `json:"-"`
}

// Spec describes a federation.
type Spec struct {
	// Framework is the framework of all participants.
	// +optional
	Framework Framework `json:"framework,omitzero"`
	// Kits is a folder with a kit for each participant, in a folder of the participant's
	// name. It may be a pattern, such as workspace/demo/prod_*, of which the last folder
	// counts. Without it, kubectl flare makes the kits, if it can make those of the framework.
	// A relative path begins at the folder of the file.
	// +optional
	Kits string `json:"kits,omitempty"`
	// RootFingerprint is the SHA-256 fingerprint that the root certificate of all kits must
	// have; get it from the project lead, not from a kit.
	// +optional
	RootFingerprint string `json:"rootFingerprint,omitempty"`
	// Seal seals kits that no one has sealed, before they are put into a cluster.
	// +optional
	Seal Seal `json:"seal,omitzero"`
	// Defaults are for all participants.
	// +optional
	Defaults Settings `json:"defaults,omitzero"`
	// RoleDefaults are for the participants of a role, and replace values of defaults.
	// +optional
	RoleDefaults map[kit.Role]Settings `json:"roleDefaults,omitempty"`
	// Participants are all members of the federation, here or elsewhere.
	// +kubebuilder:validation:MaxItems=10000
	Participants []Participant `json:"participants"`
}

// Framework is a framework in one version.
type Framework struct {
	// Name is the framework's name.
	Name string `json:"name"`
	// Version is the exact version, such as 1.42.0. Without it, kits that exist say it, or
	// else the tag of the image.
	// +optional
	Version string `json:"version,omitempty"`
}

// Participant is one member of the federation. Its settings replace those of defaults.
type Participant struct {
	// Name is the true name, as it is in the kit.
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`
	// Role is one of the framework's roles. A kit that exists says it.
	// +optional
	Role kit.Role `json:"role,omitempty"`
	// Org is the organization that runs the participant. A kit that exists says it.
	// +optional
	Org string `json:"org,omitempty"`
	// Kit is the folder of the kit, the one that holds startup/, or "provision" for a kit
	// that kubectl flare makes. The default is the folder of the participant's name in kits.
	// +optional
	Kit string `json:"kit,omitempty"`
	// Address is what clients dial of a server, as host:port. For a kit that kubectl flare
	// makes, the default is the server's Service.
	// +optional
	Address string `json:"address,omitempty"`
	// AdminAddress is what admins dial of a server, as host:port.
	// +optional
	AdminAddress string `json:"adminAddress,omitempty"`
	// Names are further host names and addresses that a server's certificate covers.
	// +optional
	Names []string `json:"names,omitempty"`

	Settings `json:",inline"`
}

// Settings say where and with what participants run.
type Settings struct {
	// Context is the kubeconfig context of the cluster; the default is the current one.
	// +optional
	Context string `json:"context,omitempty"`
	// Namespace is that of all objects of the participant; it must exist. The default is
	// the namespace that the kits dial, or else that of the context.
	// +optional
	Namespace string `json:"namespace,omitempty"`
	// ServerNamespace is the namespace of the same cluster in which the server runs, for
	// kits that dial a bare Service name.
	// +optional
	ServerNamespace string `json:"serverNamespace,omitempty"`
	// Runtime says who runs the participant: pods of the cluster, or something external,
	// which is known and never launched.
	// +optional
	Runtime Runtime `json:"runtime,omitempty"`
	// JobRuntime says where jobs run: in the process of the participant, in a container
	// beside it, or each in a pod of its own.
	// +optional
	JobRuntime JobRuntime `json:"jobRuntime,omitempty"`
	// RegistryMirror takes the place of the registry in the names of images, such as
	// mirror.example.org/docker.
	// +optional
	RegistryMirror string `json:"registryMirror,omitempty"`
	// Govern puts the namespace under a SitePolicy, if it is under none and the user may do
	// that. Participants of the same namespace must have the same.
	// +optional
	Govern Govern `json:"govern,omitzero"`
	// KitVolume is for kits that are larger than a Secret.
	// +optional
	KitVolume KitVolume `json:"kitVolume,omitzero"`

	workloads.Settings `json:",inline"`
}

// KitVolume is a claim that a kit is written to.
type KitVolume struct {
	// Claim is the name of the claim, which is created if it does not exist.
	Claim string `json:"claim"`
	// Folder is the folder on the claim; the default is the name of the participant's objects.
	// +optional
	Folder string `json:"folder,omitempty"`
	// Image is that of flare-kit by digest.
	Image string `json:"image"`
}

// Runtime says who runs a participant.
//
// +kubebuilder:validation:Enum=pods;external
type Runtime string

// The runtimes.
const (
	RuntimePods     Runtime = "pods"
	RuntimeExternal Runtime = "external"
)

// JobRuntime says where jobs run.
//
// +kubebuilder:validation:Enum=process;container;pod
type JobRuntime string

// The runtimes of jobs.
const (
	JobProcess   JobRuntime = "process"
	JobContainer JobRuntime = "container"
	JobPod       JobRuntime = "pod"
)

// ProvisionKit as a participant's Kit asks for one that kubectl flare makes.
const ProvisionKit = "provision"
