package v1alpha1

import (
	"k8s.io/apimachinery/pkg/runtime"
)

// PrivacyRules say what may leave the site. Only egress and interactiveAccess are
// enforced so far. A policy that sets another field is invalid, so that no one relies on
// a rule without effect.
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

	// egress is the most that the namespace's NetworkPolicies may open to the outside
	// of the namespace. Only users with the verb govern on this SitePolicy may open more.
	// If not set, only they may open anything.
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

// EgressRule is the most that the namespace's NetworkPolicies may open to the outside of
// the namespace. Connections inside of the namespace need no entry.
type EgressRule struct {
	// servers are the FL servers that participants connect to.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=100
	Servers []EgressServer `json:"servers,omitempty"`

	// cidrs are address ranges outside of the cluster, on any port: those of servers that
	// run elsewhere, such as 203.0.113.7/32.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MaxLength=50
	CIDRs []string `json:"cidrs,omitempty"`

	// dns allows DNS, by the pods of the cluster's DNS: those with the label
	// k8s-app: kube-dns in the namespace kube-system.
	//
	// +optional
	DNS bool `json:"dns,omitempty"`
}

// EgressServer is an FL server. It has a host, a namespace, or both.
//
// +kubebuilder:validation:XValidation:rule="has(self.host) || has(self.__namespace__)",message="a server needs a host or a namespace"
type EgressServer struct {
	// host is the name that participants dial. If it is the name of a Service, only a
	// Service that leads to the server may have it.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=253
	Host string `json:"host,omitempty"`

	// namespace is the namespace of this cluster in which the server runs. If it is not
	// set, it is that of the host, if the host is the name of a Service with its
	// namespace.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Namespace string `json:"namespace,omitempty"`

	// ports are the TCP ports of the server. If empty, all.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:Minimum=1
	// +kubebuilder:validation:items:Maximum=65535
	Ports []int32 `json:"ports,omitempty"`
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
