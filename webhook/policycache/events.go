package policycache

import (
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// on makes an event handler for one type of object.
func on[T metav1.Object](set, drop func(T)) toolscache.ResourceEventHandler {
	each := func(do func(T)) func(any) {
		return func(value any) {
			if gone, ok := value.(toolscache.DeletedFinalStateUnknown); ok {
				value = gone.Obj
			}
			if object, ok := value.(T); ok {
				do(object)
			}
		}
	}
	return toolscache.ResourceEventHandlerFuncs{
		AddFunc:    each(set),
		UpdateFunc: func(_, value any) { each(set)(value) },
		DeleteFunc: each(drop),
	}
}

// setPolicy validates a policy once, when it comes. One that cannot be used is
// none: its namespaces refuse everything.
func (c *Cache) setPolicy(policy *v1alpha1.SitePolicy) {
	err := v1alpha1.Validate(policy).ToAggregate()
	c.mu.Lock()
	if err == nil {
		c.policies[policy.Name] = policy
	} else {
		delete(c.policies, policy.Name)
	}
	c.mu.Unlock()
	if err != nil {
		c.invalid(policy.Name, err)
	}
}

func (c *Cache) dropPolicy(policy *v1alpha1.SitePolicy) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.policies, policy.Name)
}

func (c *Cache) setNamespace(namespace *metav1.PartialObjectMetadata) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if name := namespace.Labels[names.LabelSitePolicy]; name != "" {
		c.namespaces[namespace.Name] = name
	} else {
		delete(c.namespaces, namespace.Name)
	}
}

func (c *Cache) dropNamespace(namespace *metav1.PartialObjectMetadata) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.namespaces, namespace.Name)
}
