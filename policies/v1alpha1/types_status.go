package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
)

// The types of a SitePolicy's conditions.
const (
	// ConditionAccepted says whether the policy is valid.
	ConditionAccepted = "Accepted"
	// ConditionEnforced says whether what violates the policy is denied in at least one
	// namespace.
	ConditionEnforced = "Enforced"
	// ConditionDegraded says that someone must do something: a kit expires, break-glass is
	// open, or the webhook has no access to a namespace.
	ConditionDegraded = "Degraded"
)

// MaxListed is how many entries a list of the status has. The count says how many there are.
const MaxListed = 20

// SitePolicyStatus is what the webhook knows about a SitePolicy. One of its replicas writes it.
type SitePolicyStatus struct {
	// observedGeneration is the generation of the policy that the status is about.
	//
	// +optional
	ObservedGeneration int64 `json:"observedGeneration,omitempty"`

	// conditions are Accepted, Enforced and Degraded.
	//
	// +optional
	// +listType=map
	// +listMapKey=type
	// +kubebuilder:validation:MaxItems=8
	Conditions []metav1.Condition `json:"conditions,omitempty"`

	// governedNamespaces are the namespaces that carry the policy's name in their label.
	//
	// +optional
	GovernedNamespaces GovernedNamespaces `json:"governedNamespaces,omitempty,omitzero"`

	// expiringKits are the kits of pods in these namespaces that expire within 30 days, or
	// have expired.
	//
	// +optional
	ExpiringKits ExpiringKits `json:"expiringKits,omitempty,omitzero"`
}

// GovernedNamespaces are the namespaces of a policy.
type GovernedNamespaces struct {
	// count is how many there are.
	Count int64 `json:"count"`

	// names are the first of them, in alphabetical order.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=20
	Names []string `json:"names,omitempty"`
}

// ExpiringKits are kits that must be renewed.
type ExpiringKits struct {
	// count is how many there are.
	Count int64 `json:"count"`

	// items are those that expire first.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=20
	Items []ExpiringKit `json:"items,omitempty"`
}

// ExpiringKit is a kit that must be renewed.
type ExpiringKit struct {
	// namespace is where its Secret is.
	Namespace string `json:"namespace"`
	// secretName is the name of its Secret.
	SecretName string `json:"secretName"`
	// participant is the participant's name.
	Participant string `json:"participant"`
	// notAfter is when the first part of the kit expires.
	NotAfter metav1.Time `json:"notAfter"`
}
