package policies

import (
	"github.com/kubectl-flare/kubectl-flare/policies/snapshot"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// The resources of requests, as schema.GroupResource prints them.
const (
	pods            = "pods"
	bindings        = "bindings"
	secrets         = "secrets"
	configMaps      = "configmaps"
	claims          = "persistentvolumeclaims"
	services        = "services"
	endpoints       = "endpoints"
	endpointSlices  = "endpointslices.discovery.k8s.io"
	networkPolicies = "networkpolicies.networking.k8s.io"
	ingresses       = "ingresses.networking.k8s.io"
	snapshots       = snapshot.Resource + "." + snapshot.Group
	sitePolicies    = v1alpha1.Resource + "." + v1alpha1.Group
)
