package v1alpha1

import (
	"k8s.io/apimachinery/pkg/runtime"
)

// PrivacyRules say what may leave the site. Of these only interactiveAccess is
// enforced yet; a policy that sets another one is refused, so that nobody
// relies on what does not happen.
type PrivacyRules struct {
	// scopes are the privacy scopes of local/. Not enforced yet: refused when set.
	//
	// +optional
	Scopes *PrivacyScopes `json:"scopes,omitempty"`

	// customCode says whether jobs may bring code of their own. Not enforced
	// yet: refused when set.
	//
	// +optional
	CustomCode CustomCode `json:"customCode,omitempty"`

	// egress is the most that the namespace's NetworkPolicies may open. Not
	// enforced yet: refused when set.
	//
	// +optional
	Egress *EgressRule `json:"egress,omitempty"`

	// interactiveAccess says into which pods people may get by exec, attach,
	// port-forward and proxy. Without it: into none of a participant.
	//
	// +optional
	InteractiveAccess InteractiveAccess `json:"interactiveAccess,omitempty"`
}

// CustomCode says whether jobs may bring code of their own.
//
// +kubebuilder:validation:Enum=Deny;SignedOnly;Allow
type CustomCode string

// InteractiveAccess opens pods to exec, attach, port-forward and proxy.
type InteractiveAccess struct {
	// podRoles are the roles of the pods that are open. Whoever has the verb
	// breakglass on this SitePolicy gets into the others too, and is audited.
	//
	// +optional
	// +listType=set
	PodRoles []Role `json:"podRoles,omitempty"`
}

// PrivacyScopes bind the privacy scopes that local/ defines.
type PrivacyScopes struct {
	// allowed are the scopes that local/privacy.json may define.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=50
	Allowed []string `json:"allowed,omitempty"`

	// requiredFilters must stand in a scope.
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

	// name is the filter's class.
	//
	// +kubebuilder:validation:MinLength=1
	Name string `json:"name"`

	// args bound the filter's arguments, by name: {"epsilon": {"max": 1}}.
	//
	// +optional
	// +kubebuilder:validation:Schemaless
	// +kubebuilder:pruning:PreserveUnknownFields
	// +kubebuilder:validation:Type=object
	Args runtime.RawExtension `json:"args,omitempty"`
}

// EgressRule is the most that the namespace's NetworkPolicies may open.
type EgressRule struct {
	// peers are host names and ports of the federation's other participants.
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

	// expression is CEL over object, oldObject, request and kit; it must give a
	// boolean, and false refuses.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Expression string `json:"expression"`

	// message is what whoever is refused reads.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Message string `json:"message,omitempty"`
}
