package v1alpha1

// PrivacyRules say what may leave the site. The rules about settings are about the files of
// startup/ and local/ of every participant that runs jobs. They also hold for a local/ that
// kits.local lists.
type PrivacyRules struct {
	// scopes are rules for the privacy scopes that local/ defines.
	//
	// +optional
	Scopes *PrivacyScopes `json:"scopes,omitempty"`

	// customCode says whether jobs may bring code of their own: Deny, SignedOnly if the
	// job is signed by its submitter, or Allow. If not set, local/ decides.
	//
	// +optional
	CustomCode CustomCode `json:"customCode,omitempty"`

	// settings are requirements of single settings.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=100
	Settings []SettingRule `json:"settings,omitempty"`

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

// The rules about code of jobs.
const (
	// CustomCodeDeny requires that local/ gives no one the right to submit code, and
	// that jobs use listed classes only.
	CustomCodeDeny CustomCode = "Deny"
	// CustomCodeSignedOnly requires that participants deny jobs that are not signed.
	CustomCodeSignedOnly CustomCode = "SignedOnly"
	// CustomCodeAllow requires nothing.
	CustomCodeAllow CustomCode = "Allow"
)

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

// PrivacyScopes are rules for the privacy scopes that local/ defines. Participants of
// frameworks without scopes are denied.
type PrivacyScopes struct {
	// allowed are the scopes that local/ may define. It must define a scope: without one,
	// there are no rules for jobs.
	//
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	Allowed []string `json:"allowed"`

	// default is the scope that local/ must set for jobs that name none. It is one of
	// allowed. If not set, local/ may set any of them, or none.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=253
	Default string `json:"default,omitempty"`

	// requiredFilters are the filters that a scope must have.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=50
	RequiredFilters []RequiredFilter `json:"requiredFilters,omitempty"`
}

// RequiredFilter is a filter that a scope must have.
type RequiredFilter struct {
	// scope is the privacy scope's name, one of allowed. local/ must define it.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Scope string `json:"scope"`

	// direction is out for what the participant sends, in for what it receives, inout
	// for both: a client receives tasks and sends results.
	//
	// +kubebuilder:validation:Enum=in;out;inout
	Direction string `json:"direction"`

	// filter is the filter's class: the name of one that the framework has, such as
	// SVTPrivacy, or the full name of another one.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Filter string `json:"filter"`

	// arguments limit the arguments of the filter. The filter may set no other argument
	// to another value than the framework's own: some of them would switch it off.
	//
	// +optional
	// +listType=map
	// +listMapKey=name
	// +kubebuilder:validation:MaxItems=50
	Arguments []FilterArgument `json:"arguments,omitempty"`
}

// FilterArgument limits one argument of a filter. An argument that is not set has the
// framework's own value; if the framework has none, it must be set.
type FilterArgument struct {
	// name is the argument's name.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=253
	Name string `json:"name"`

	Bound `json:",inline"`
}

// Bound limits a value: with min and max, one of which may be missing, with equals, or with
// oneOf.
type Bound struct {
	// min is the smallest number, as a text: "0.5".
	//
	// +optional
	// +kubebuilder:validation:MaxLength=32
	Min string `json:"min,omitempty"`

	// max is the largest number, as a text: "1".
	//
	// +optional
	// +kubebuilder:validation:MaxLength=32
	Max string `json:"max,omitempty"`

	// equals is the only value. Booleans are "true" and "false". Of a list, it is the only
	// text that it may have; of a list of a filter, one that it must have.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=253
	Equals *string `json:"equals,omitempty"`

	// oneOf are the allowed values: of a list, the texts that it may have; of a list of a
	// filter, those that it must have.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=100
	// +kubebuilder:validation:items:MaxLength=253
	OneOf []string `json:"oneOf,omitempty"`
}

// SettingRule is a requirement of one setting: a bound, present or absent.
type SettingRule struct {
	// framework is the framework that has the setting.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=63
	Framework string `json:"framework"`

	// setting is its path, such as privacy.default_scope. docs/privacy.md lists them.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=1024
	Setting string `json:"setting"`

	Bound `json:",inline"`

	// present requires that a file has the setting, with any value.
	//
	// +optional
	Present bool `json:"present,omitempty"`

	// absent requires that no file has the setting.
	//
	// +optional
	Absent bool `json:"absent,omitempty"`
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
	// k8s-app: kube-dns in the namespace kube-system, or those that the webhook was
	// installed with.
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

	// addresses are the IP addresses of the host, if the server is outside of the cluster and
	// DNS does not have its name. Only with these may hostAliases of pods have the host.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=10
	// +kubebuilder:validation:items:MaxLength=45
	Addresses []string `json:"addresses,omitempty"`

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
	// +kubebuilder:validation:MaxLength=63
	// +kubebuilder:validation:Pattern=`^[a-z0-9]([-a-z0-9]*[a-z0-9])?$`
	Name string `json:"name"`

	// expression is a CEL expression over object, oldObject, request, kit, settings and
	// policy. It must be boolean. If it is false, or cannot be evaluated, it denies the
	// pod.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=4096
	Expression string `json:"expression"`

	// message tells the user whose request is denied what the rule is for: one line.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=1024
	Message string `json:"message,omitempty"`
}
