// Package v1alpha1 holds SitePolicy, the API type of kubectl-flare: what a site
// allows in the namespaces that it governs, its defaults and its validation.
//
// +kubebuilder:object:generate=true
// +groupName=kubectl-flare.dev
package v1alpha1
