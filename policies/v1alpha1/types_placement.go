package v1alpha1

import (
	corev1 "k8s.io/api/core/v1"
)

// EnvironmentRule lists variables that the frameworks do not use.
type EnvironmentRule struct {
	// allowed are the names of variables that containers of participants may have
	// besides those of their framework, such as NCCL_DEBUG or HTTPS_PROXY. The pod's
	// author chooses the values, which must be literal: values from other objects or
	// fields, and values that Kubernetes expands, are denied. For variables of the
	// framework, its own rules still apply.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	Allowed []string `json:"allowed,omitempty"`

	// caBundles are the names of ConfigMaps with certificates of authorities, such as that of
	// a proxy which inspects TLS. Containers of participants may mount them at /etc/flare-ca,
	// and have SSL_CERT_FILE, REQUESTS_CA_BUNDLE and CURL_CA_BUNDLE with
	// /etc/flare-ca/ca.crt. The connections of the federation itself have their root from the
	// kit. Who may write these ConfigMaps says whom the other connections trust.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=10
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	CABundles []string `json:"caBundles,omitempty"`
}

// PlacementRules are the classes, nodes and annotations that pods of participants may
// have. An empty list allows none.
type PlacementRules struct {
	// runtimeClasses are the allowed RuntimeClasses. Kubernetes adds the node selector,
	// the tolerations and the overhead of a RuntimeClass to its pods, so also list its
	// labels and taints below.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	RuntimeClasses []string `json:"runtimeClasses,omitempty"`

	// priorityClasses are the allowed PriorityClasses. If the cluster has a default
	// PriorityClass, list it too, since Kubernetes adds it to every pod without one.
	//
	// +optional
	// +listType=set
	// +kubebuilder:validation:MaxItems=20
	// +kubebuilder:validation:items:MinLength=1
	// +kubebuilder:validation:items:MaxLength=253
	PriorityClasses []string `json:"priorityClasses,omitempty"`

	// nodeSelector are the labels of nodes that pods may select. kubernetes.io/os: linux
	// and any kubernetes.io/arch are always allowed.
	//
	// +optional
	// +listType=map
	// +listMapKey=key
	// +kubebuilder:validation:MaxItems=50
	NodeSelector []AllowedNodeLabel `json:"nodeSelector,omitempty"`

	// tolerations are the allowed tolerations. Always allowed are the two that
	// Kubernetes adds to every pod for nodes that are not ready or unreachable, and
	// those of taints with the name of a device that the pod requests.
	//
	// +optional
	// +listType=atomic
	// +kubebuilder:validation:MaxItems=50
	Tolerations []AllowedToleration `json:"tolerations,omitempty"`

	// annotations are the keys of allowed annotations, such as example.org/note, or
	// prefixes that end with a slash, such as cluster-autoscaler.kubernetes.io/.
	// Annotations can configure container runtimes, network plugins and injectors, so
	// allow only those that you know. Annotations of kubectl-flare, and those of
	// Kubernetes that do not change how a pod runs, are always allowed. Pods that are
	// not participants may have any annotation except those of container runtimes.
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
	// key is the key of the label.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=317
	Key string `json:"key"`

	// values are the values that pods may select.
	//
	// +listType=set
	// +kubebuilder:validation:MinItems=1
	// +kubebuilder:validation:MaxItems=50
	// +kubebuilder:validation:items:MaxLength=63
	Values []string `json:"values"`
}

// AllowedToleration is a toleration that pods may have, with any tolerationSeconds.
type AllowedToleration struct {
	// key is the key of the taint.
	//
	// +kubebuilder:validation:MinLength=1
	// +kubebuilder:validation:MaxLength=317
	Key string `json:"key"`

	// operator is Equal, which allows tolerations of this value, or Exists, which allows
	// tolerations of any value.
	//
	// +optional
	// +kubebuilder:default=Equal
	// +kubebuilder:validation:Enum=Equal;Exists
	Operator corev1.TolerationOperator `json:"operator,omitempty"`

	// value is the value of the taint, if the operator is Equal.
	//
	// +optional
	// +kubebuilder:validation:MaxLength=63
	Value string `json:"value,omitempty"`

	// effect is the effect of the taint. If empty, tolerations of any effect are allowed.
	//
	// +optional
	// +kubebuilder:validation:Enum=NoSchedule;PreferNoSchedule;NoExecute
	Effect corev1.TaintEffect `json:"effect,omitempty"`
}
