package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// SitePolicy says what may run in the namespaces that carry its name in the
// label kubectl-flare.dev/site-policy. A namespace has one SitePolicy.
//
// +kubebuilder:object:root=true
// +kubebuilder:resource:path=sitepolicies,singular=sitepolicy,scope=Cluster,categories=flare
// +kubebuilder:subresource:status
// +kubebuilder:printcolumn:name="Enforcement",type=string,JSONPath=`.spec.enforcement`
// +kubebuilder:printcolumn:name="Accepted",type=string,JSONPath=`.status.conditions[?(@.type=="Accepted")].status`
// +kubebuilder:printcolumn:name="Enforced",type=string,JSONPath=`.status.conditions[?(@.type=="Enforced")].status`
// +kubebuilder:printcolumn:name="Degraded",type=string,JSONPath=`.status.conditions[?(@.type=="Degraded")].reason`
// +kubebuilder:printcolumn:name="Namespaces",type=integer,JSONPath=`.status.governedNamespaces.count`
// +kubebuilder:printcolumn:name="Expiring kits",type=integer,JSONPath=`.status.expiringKits.count`,priority=1
// +kubebuilder:printcolumn:name="Participants",type=string,JSONPath=`.spec.participants`,priority=1
// +kubebuilder:printcolumn:name="Other pods",type=string,JSONPath=`.spec.otherPods`,priority=1
// +kubebuilder:printcolumn:name="Age",type=date,JSONPath=`.metadata.creationTimestamp`
// +kubebuilder:validation:XValidation:rule="size(self.metadata.name) <= 63",message="the name is a label's value: at most 63 characters"
type SitePolicy struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ObjectMeta `json:"metadata,omitempty"`

	Spec SitePolicySpec `json:"spec"`

	// +optional
	Status SitePolicyStatus `json:"status,omitempty,omitzero"`
}

// SitePolicyList is a list of SitePolicies.
//
// +kubebuilder:object:root=true
type SitePolicyList struct {
	metav1.TypeMeta `json:",inline"`
	// +optional
	metav1.ListMeta `json:"metadata,omitempty"`

	Items []SitePolicy `json:"items"`
}

// Enforcement says how violations of the policy are handled.
//
// +kubebuilder:validation:Enum=Enforce;Warn;Audit
type Enforcement string

// The enforcement modes.
const (
	// Enforce denies the request.
	Enforce Enforcement = "Enforce"
	// Warn allows the request and returns warnings to the user who sent it.
	Warn Enforcement = "Warn"
	// Audit allows the request and only adds to the API server's audit log.
	Audit Enforcement = "Audit"
)

// OtherPods says which pods may run that are not participants of a federation.
//
// +kubebuilder:validation:Enum=Isolated;Deny
type OtherPods string

// The ways to treat other pods. The rules about pod security and kinds of volumes
// apply to every pod of the namespace in any case.
const (
	// OtherPodsIsolated allows them, without access to kits, data and workspaces.
	OtherPodsIsolated OtherPods = "Isolated"
	// OtherPodsDeny denies them.
	OtherPodsDeny OtherPods = "Deny"
)

// Role is what a pod does in a federation, derived from the kit that it mounts
// and from its command, never from a label. The frameworks define the roles: those
// that their kits give, and job, the role of a pod that a participant's launcher
// makes for one job.
//
// +kubebuilder:validation:MaxLength=63
// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
type Role string

// RoleJob is the role of job pods, in every framework.
const RoleJob Role = "job"

// SitePolicySpec holds the rules of a site.
type SitePolicySpec struct {
	// enforcement says how violations of the policy are handled: Enforce denies
	// the request, Warn allows it with warnings, and Audit allows it and only
	// adds to the API server's audit log.
	//
	// +optional
	// +kubebuilder:default=Enforce
	Enforcement Enforcement `json:"enforcement,omitempty"`

	// participants are the names of the participants whose kits may run here, as
	// in the CN of their certificates.
	//
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	Participants []string `json:"participants"`

	// frameworks are the frameworks whose kits may run here. If empty, every
	// framework that this version of kubectl-flare supports is allowed.
	//
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=20
	Frameworks []FrameworkRule `json:"frameworks,omitempty"`

	// kits says which startup kits are genuine.
	Kits KitRules `json:"kits"`

	// images are the images that participants may run.
	Images ImageRules `json:"images"`

	// workspace is where a participant keeps its files.
	//
	// +optional
	// +kubebuilder:default={}
	Workspace WorkspaceRule `json:"workspace,omitempty"`

	// data are the claims that participants may mount. Participants may mount no
	// other claims with data, and other pods may mount none of these.
	//
	// +optional
	// +listType=map
	// +listMapKey=claimName
	// +kubebuilder:validation:MaxItems=100
	Data []DataRule `json:"data,omitempty"`

	// launchers are the ServiceAccounts of the parents that may create job pods: at
	// most one for each participant. If not set, no one may create job pods.
	//
	// +optional
	// +listType=map
	// +listMapKey=participant
	// +kubebuilder:validation:MaxItems=100
	Launchers []LauncherRule `json:"launchers,omitempty"`

	// environment lists variables that containers of participants may have besides
	// those of their framework.
	//
	// +optional
	Environment *EnvironmentRule `json:"environment,omitempty"`

	// placement says which classes, nodes and annotations pods of participants may
	// have. If not set, none.
	//
	// +optional
	Placement *PlacementRules `json:"placement,omitempty"`

	// privacy says what may leave the site, and how.
	//
	// +optional
	Privacy *PrivacyRules `json:"privacy,omitempty"`

	// podSecurity applies to every pod of the namespace.
	//
	// +optional
	// +kubebuilder:default={}
	PodSecurity PodSecurityRule `json:"podSecurity,omitempty"`

	// resources limit what one pod may use.
	//
	// +optional
	Resources ResourceRule `json:"resources,omitempty"`

	// otherPods says which pods may run that are not participants: Isolated allows
	// them without access to kits, data and workspaces, Deny denies them.
	//
	// +optional
	// +kubebuilder:default=Isolated
	OtherPods OtherPods `json:"otherPods,omitempty"`

	// rules are the site's own rules, in CEL, about every pod of the namespace. They
	// can only deny.
	//
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=50
	Rules []CELRule `json:"rules,omitempty"`
}
