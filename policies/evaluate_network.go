package policies

import (
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// network evaluates what opens or leads connections. A missing object is unknown: all
// types are pointers. Endpoints and EndpointSlices have no spec.
func (p *Policy) network(r *Review) []checks.Result {
	switch o := r.Object.(type) {
	case *networkingv1.NetworkPolicy:
		old, _ := r.OldObject.(*networkingv1.NetworkPolicy)
		return append(r.later(checks.IDNetworkPolicy), checks.NetworkPolicy(o, old, p.site, r.Namespace)...)
	case *corev1.Service:
		old, _ := r.OldObject.(*corev1.Service)
		return append(r.later(checks.IDService), checks.Service(o, old, p.site)...)
	case *networkingv1.Ingress:
		old, _ := r.OldObject.(*networkingv1.Ingress)
		return append(r.later(checks.IDIngress), checks.Ingress(o, old, p.site)...)
	case *corev1.Endpoints, *discoveryv1.EndpointSlice: //nolint:staticcheck // clusters serve both
		return checks.Endpoints(r.User.Username)
	}
	return unknown(r)
}

// later evaluates fields of a later version of Kubernetes in the spec of an object that is
// no pod.
func (r *Review) later(check string) []checks.Result {
	return checks.UnknownFields(check, r.unknownBelow("spec."))
}
