package site

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/plugin/preflight"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// preflight completes the plan with what the cluster knows, and warns about what the
// policy relies on and the webhook cannot decide.
func (o *AddOptions) preflight(ctx context.Context) error {
	typed, err := o.clients.Typed()
	if err != nil {
		return err
	}
	if policy, err := o.governing(ctx); err != nil {
		o.warn(fmt.Sprintf("SitePolicy %q cannot be read, so its volumes are not checked, and its participants are not separated from each other: %v", o.plan.policyName, err))
	} else {
		o.plan.of(policy)
		o.warnAll(preflight.Volumes(ctx, typed, o.plan.namespace, policy.Spec.Data))
	}
	o.warnAll(preflight.Impersonators(ctx, typed, o.plan.namespace))
	found, err := look(ctx, typed)
	if err != nil && len(o.APIServers) == 0 {
		o.warn(fmt.Sprintf("the address of the API server cannot be read: %v", err))
	}
	if len(o.APIServers) > 0 {
		found.api = o.plan.surroundings.api
	}
	o.plan.surroundings = *found
	return nil
}

// closed warns about launchers that cannot reach the API server.
func (p *plan) closed() []string {
	if len(p.launchers) == 0 || len(p.surroundings.api) > 0 {
		return nil
	}
	return []string{"the NetworkPolicies do not let launchers connect to the API server: give its addresses with --api-server, as `kubectl get endpointslices -n default -l kubernetes.io/service-name=kubernetes` prints them"}
}

func (o *AddOptions) warnAll(texts []string) {
	for _, text := range texts {
		o.warn(text)
	}
}

// governing is the policy that the command writes, or the existing one.
func (o *AddOptions) governing(ctx context.Context) (*v1alpha1.SitePolicy, error) {
	if o.plan.policy != nil {
		return o.plan.policy, nil
	}
	client, err := o.clients.Dynamic()
	if err != nil {
		return nil, err
	}
	found, err := client.Resource(v1alpha1.GroupVersion().WithResource(v1alpha1.Resource)).Get(ctx, o.plan.policyName, metav1.GetOptions{})
	if err != nil {
		return nil, err
	}
	policy := &v1alpha1.SitePolicy{}
	return policy, runtime.DefaultUnstructuredConverter.FromUnstructured(found.Object, policy)
}
