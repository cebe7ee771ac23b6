package policies

import (
	corev1 "k8s.io/api/core/v1"
	discoveryv1 "k8s.io/api/discovery/v1"
	networkingv1 "k8s.io/api/networking/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
)

// network evaluates what opens or leads connections. A missing object is unknown: all
// types are pointers.
func (p *Policy) network(r *Review) []checks.Result {
	switch o := r.Object.(type) {
	case *networkingv1.NetworkPolicy:
		old, _ := r.OldObject.(*networkingv1.NetworkPolicy)
		return checks.NetworkPolicy(o, old, p.site, r.Namespace)
	case *corev1.Service:
		old, _ := r.OldObject.(*corev1.Service)
		return checks.Service(o, old, p.site)
	case *networkingv1.Ingress:
		old, _ := r.OldObject.(*networkingv1.Ingress)
		return checks.Ingress(o, old, p.site)
	case *corev1.Endpoints, *discoveryv1.EndpointSlice: //nolint:staticcheck // clusters serve both
		return checks.Endpoints(r.User.Username)
	}
	return unknown(r)
}
