package v1alpha1

import (
	"k8s.io/apimachinery/pkg/runtime"
)

// PrivacyRules say what may leave the site. Only interactiveAccess is enforced so
// far. A policy that sets another field is invalid, so that no one relies on a rule
// without effect.
type PrivacyRules struct {
	// scopes are rules for the privacy scopes of local/. Not enforced yet: a
	// policy that sets it is invalid.
	//
	// +optional
	Scopes *PrivacyScopes `json:"scopes,omitempty"`

	// customCode says whether jobs may bring code of their own. Not enforced yet:
	// a policy that sets it is invalid.
	//
	// +optional
	CustomCode CustomCode `json:"customCode,omitempty"`

	// egress is the most that the namespace's NetworkPolicies may allow. Not
	// enforced yet: a policy that sets it is invalid.
	//
	// +optional
	Egress *EgressRule `json:"egress,omitempty"`

	// interactiveAccess says on which pods of participants exec, attach,
	// port-forward and proxy are allowed. If empty, on none.
	//
	// +optional
	InteractiveAccess InteractiveAccess `json:"interactiveAccess,omitempty"`
}

// CustomCode says whether jobs may bring code of their own.
//
// +kubebuilder:validation:Enum=Deny;SignedOnly;Allow
type CustomCode string

// InteractiveAccess allows exec, attach, port-forward and proxy on pods.
type InteractiveAccess struct {
	// podRoles are the roles of the pods on which they are allowed. Users with the
	// verb breakglass on this SitePolicy have access to the other pods too; the
	// audit log records it.
	//
	// +optional
	// +listType=set
	PodRoles []Role `json:"podRoles,omitempty"`
}

// PrivacyScopes are rules for the privacy scopes that local/ defines.
type PrivacyScopes struct {
	// allowed are the scopes that local/privacy.json may define.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=50
	Allowed []string `json:"allowed,omitempty"`

	// requiredFilters are the filters that a scope must have.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=50
	RequiredFilters []RequiredFilter `json:"requiredFilters,omitempty"`
}

// RequiredFilter is a filter that a scope must have.
type RequiredFilter struct {
	// scope is the privacy scope's name.
	//
	// +kubebuilder:validation:MinLength=1
	Scope string `json:"scope"`

	// direction is in (tasks), out (results) or inout.
	//
	// +kubebuilder:validation:Enum=in;out;inout
	Direction string `json:"direction"`

	// name is the class of the filter.
	//
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`

	// args limit the arguments of the filter, by name: {"epsilon": {"max": 1}}.
	//
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Type=object
	Args runtime.RawExtension `json:"args,omitempty"`
}

// EgressRule is the most that the namespace's NetworkPolicies may allow.
type EgressRule struct {
	// peers are the host names and ports of the federation's other participants.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=100
	Peers []string `json:"peers,omitempty"`

	// cidrs are address ranges.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=100
	CIDRs []string `json:"cidrs,omitempty"`
}

// CELRule is a rule of the site's own.
type CELRule struct {
	// name identifies the rule in messages.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Name string `json:"name"`

	// expression is a CEL expression over object, oldObject, request and kit. It
	// must return a boolean; false denies the request.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Expression string `json:"expression"`

	// message is returned to the user whose request is denied.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Message string `json:"message,omitempty"`
}
