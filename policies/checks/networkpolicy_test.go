package checks_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

// A NetworkPolicy can have as many peers as its author likes, and as many rules. The
// results stay few.
func TestResultsOfNetworkPoliciesAreBounded(t *testing.T) {
	peers := make([]networkingv1.NetworkPolicyPeer, 1000)
	for i := range peers {
		peers[i].NamespaceSelector = &metav1.LabelSelector{}
	}
	site := policiestest.Site(t, policiestest.Policy(t))
	for name, spec := range map[string]networkingv1.NetworkPolicySpec{
		"from":    {Ingress: []networkingv1.NetworkPolicyIngressRule{{From: peers}}},
		"to":      {Egress: []networkingv1.NetworkPolicyEgressRule{{To: peers}}},
		"ingress": {Ingress: make([]networkingv1.NetworkPolicyIngressRule, 1000)},
		"egress":  {Egress: make([]networkingv1.NetworkPolicyEgressRule, 1000)},
	} {
		t.Run(name, func(t *testing.T) {
			require.Len(t, checks.NetworkPolicy(&networkingv1.NetworkPolicy{Spec: spec}, nil, site, policiestest.Namespace), 100)
		})
	}
}
