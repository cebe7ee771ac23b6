package policies_test

import (
	"testing"

	"github.com/stretchr/testify/require"
	corev1 "k8s.io/api/core/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/policiestest"
)

// A workload may be created before its kit, as in a dry run of `launch`, which creates
// both. A pod may not.
func TestAbsentKit(t *testing.T) {
	policy := policiestest.Policy(t)
	f := policiestest.Facts(policy)
	f.Kits[policiestest.ClientKit] = &policies.KitFact{Error: "the Secret does not exist", Absent: true}
	for name, local := range f.Locals {
		local.Absent, local.Error = true, "the ConfigMap does not exist"
		f.Locals[name] = local
	}
	site := policiestest.Compile(t, policy)
	deployment := policiestest.Deployment(t, "client")
	a := policies.Review{
		Operation: policies.Create, Namespace: policiestest.Namespace, Name: deployment.Name,
		Resource: schema.GroupResource{Group: "apps", Resource: "deployments"}, Object: deployment,
	}
	require.True(t, site.Evaluate(a, f).Allowed, site.Evaluate(a, f).Message())

	a.Resource = schema.GroupResource{Resource: "pods"}
	a.Object = &corev1.Pod{ObjectMeta: deployment.Spec.Template.ObjectMeta, Spec: deployment.Spec.Template.Spec}
	d := site.Evaluate(a, f)
	require.False(t, d.Allowed)
	require.Contains(t, d.Message(), "the Secret does not exist")

	deployment.Spec.Template.Spec.HostNetwork = true
	a.Resource, a.Object = schema.GroupResource{Group: "apps", Resource: "deployments"}, deployment
	require.False(t, site.Evaluate(a, f).Allowed, "what is wrong without the kit is still said")
}
