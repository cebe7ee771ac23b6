package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
)

// Group is the API group of everything that kubectl-flare defines.
const Group = "kubectl-flare.dev"

// Kind is the kind of a SitePolicy, Resource its name in paths.
const (
	Kind     = "SitePolicy"
	Resource = "sitepolicies"
)

// LabelSitePolicy on a namespace names the one SitePolicy that governs it. No
// other label decides anything.
const LabelSitePolicy = Group + "/site-policy"

// GroupVersion is the group and version of this package's types.
func GroupVersion() schema.GroupVersion {
	return schema.GroupVersion{Group: Group, Version: "v1alpha1"}
}

// AddToScheme makes the types known to a scheme.
func AddToScheme(scheme *runtime.Scheme) error {
	builder := runtime.NewSchemeBuilder(addKnownTypes)
	return builder.AddToScheme(scheme)
}

func addKnownTypes(scheme *runtime.Scheme) error {
	scheme.AddKnownTypes(GroupVersion(), &SitePolicy{}, &SitePolicyList{})
	metav1.AddToGroupVersion(scheme, GroupVersion())
	return nil
}
