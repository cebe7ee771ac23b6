package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
)

// EnvironmentRule names variables that the frameworks do not know.
type EnvironmentRule struct {
	// allowed are the names of variables that containers of participants may have besides those of their framework:
	// NCCL_DEBUG, HTTPS_PROXY. The pod's author chooses the values, which must be literal: a value that comes from
	// elsewhere, or that Kubernetes expands, is denied. A variable that the framework knows keeps the framework's rules.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	Allowed []string `json:"allowed,omitempty"`
}

// PlacementRules are the classes, nodes and annotations that pods of participants may ask for. Each is a closed list,
// and an empty one allows none.
type PlacementRules struct {
	// runtimeClasses are RuntimeClasses. Kubernetes adds the node selector, the tolerations and the overhead of a
	// RuntimeClass to its pods: list its labels and taints below.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	RuntimeClasses []string `json:"runtimeClasses,omitempty"`

	// priorityClasses are PriorityClasses. A cluster's default PriorityClass is added to every pod that names none: list
	// it here if there is one.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	PriorityClasses []string `json:"priorityClasses,omitempty"`

	// nodeSelector are labels of nodes. kubernetes.io/os: linux and any kubernetes.io/arch are always allowed.
	//
	// +optional
	// +listType=map
	// +listMapKey=key
	// +kubebuilder:validation:MaxItems=50
	NodeSelector []AllowedNodeLabel `json:"nodeSelector,omitempty"`

	// tolerations are those of taints. Always allowed are the two of unreachable nodes that Kubernetes adds to every
	// pod, and that of a taint with the name of a device that the pod asks for.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=50
	Tolerations []AllowedToleration `json:"tolerations,omitempty"`

	// annotations are keys of annotations, or all keys with a prefix that ends in a slash: example.org/note,
	// cluster-autoscaler.kubernetes.io/. Container runtimes, network plugins and injectors take orders from annotations:
	// allow only what you know. Annotations of kubectl-flare and of Kubernetes itself that change nothing about how a
	// pod runs are always allowed. Pods that are no participants may have any annotation but those of container runtimes.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=317
	Annotations []string `json:"annotations,omitempty"`
}

// AllowedNodeLabel is a label of nodes that pods may select.
type AllowedNodeLabel struct {
	// key is the label's.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=317
	Key string `json:"key"`

	// values are those that may be selected.
	//
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:MaxLength=63
	Values []string `json:"values"`
}

// AllowedToleration is a toleration that pods may have, for any time.
type AllowedToleration struct {
	// key is the taint's.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=317
	Key string `json:"key"`

	// operator is Equal, which allows the one value, or Exists, which allows tolerations of all values.
	//
	// +optional
	// +kubebuilder:default=Equal
	// +kubebuilder:validation:Enum=Equal;Exists
	Operator corev1.TolerationOperator `json:"operator,omitempty"`

	// value is the taint's, where the operator is Equal.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Value string `json:"value,omitempty"`

	// effect is the taint's; empty allows tolerations of all effects.
	//
	// +optional
	// +kubebuilder:validation:Enum=NoSchedule;PreferNoSchedule;NoExecute
	Effect corev1.TaintEffect `json:"effect,omitempty"`
}
