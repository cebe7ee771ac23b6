package site

import (
	"context"
	"fmt"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"

	"github.com/kubectl-flare/kubectl-flare/plugin/preflight"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// preflight warns about what the policy relies on and the webhook cannot decide.
func (o *AddOptions) preflight(ctx context.Context) error {
	typed, err := o.clients.Typed()
	if err != nil {
		return err
	}
	policy, err := o.governing(ctx)
	if err != nil {
		o.warn(fmt.Sprintf("the volumes of SitePolicy %q are not checked: %v", o.plan.policyName, err))
	} else {
		o.warnAll(preflight.Volumes(ctx, typed, o.plan.namespace, policy.Spec.Data))
	}
	return nil
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
