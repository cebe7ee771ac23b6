package v1alpha1

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Group is the API group of everything that kubectl-flare defines.
const Group = names.Group

// Kind is the kind of a SitePolicy, Resource its name in paths.
const (
	Kind     = "SitePolicy"
	Resource = "sitepolicies"
)

// GroupVersion is the group and version of this package's types.
func GroupVersion() schema.GroupVersion {
	return schema.GroupVersion{Group: Group, Version: names.Version}
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
