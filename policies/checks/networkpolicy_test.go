package checks_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	networkingv1 "k8s.io/api/networking/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/util/intstr"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/checks"
	"github.com/kubectl-flare/kubectl-flare/policies/compiled"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
	"github.com/kubectl-flare/kubectl-flare/policies/rules"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// The DNS of a cluster may have another namespace, other labels and another port.
func TestDNSOfTheCluster(t *testing.T) {
	known, err := policies.DefaultProfiles()
	require.NoError(t, err)
	policy := policiestest.Policy(t)
	policy.Spec.Privacy = &v1alpha1.PrivacyRules{Egress: &v1alpha1.EgressRule{DNS: true}}
	at := func(namespace, key, value string, port int32) *networkingv1.NetworkPolicy {
		return &networkingv1.NetworkPolicy{Spec: networkingv1.NetworkPolicySpec{Egress: []networkingv1.NetworkPolicyEgressRule{{
			To: []networkingv1.NetworkPolicyPeer{{
				NamespaceSelector: &metav1.LabelSelector{MatchLabels: map[string]string{"kubernetes.io/metadata.name": namespace}},
				PodSelector:       &metav1.LabelSelector{MatchLabels: map[string]string{key: value}},
			}},
			Ports: []networkingv1.NetworkPolicyPort{{Port: new(intstr.FromInt32(port))}},
		}}}}
	}
	const label = "dns.operator.openshift.io/daemonset-dns"
	for name, tc := range map[string]struct {
		cluster compiled.Cluster
		object  *networkingv1.NetworkPolicy
		denied  int
	}{
		"OpenShift's":            {openShift(), at("openshift-dns", label, "default", 5353), 0},
		"at the Service's port":  {openShift(), at("openshift-dns", label, "default", 53), 0},
		"another port":           {openShift(), at("openshift-dns", label, "default", 9154), 1},
		"other pods":             {openShift(), at("openshift-dns", label, "mine", 5353), 1},
		"the usual, which is no": {openShift(), at("kube-system", "k8s-app", "kube-dns", 53), 1},
		"the usual":              {compiled.Cluster{}, at("kube-system", "k8s-app", "kube-dns", 53), 0},
		"OpenShift's, elsewhere": {compiled.Cluster{}, at("openshift-dns", label, "default", 5353), 1},
	} {
		site, errs := compiled.New(policy, compiled.Tools{Profiles: known, Frameworks: frameworks.Default(), Rules: rules.NewCompiler(), Cluster: tc.cluster})
		require.Empty(t, errs)
		require.Len(t, checks.NetworkPolicy(tc.object, nil, site, policiestest.Namespace), tc.denied, name)
	}
}

func openShift() compiled.Cluster {
	return compiled.Cluster{DNS: compiled.DNS{Namespace: "openshift-dns", Labels: map[string]string{"dns.operator.openshift.io/daemonset-dns": "default"}, Ports: []int32{5353}}}
}

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
