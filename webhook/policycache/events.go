package policycache

import (
	"maps"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	toolscache "k8s.io/client-go/tools/cache"

	"github.com/kubectl-flare/kubectl-flare/policies"
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

// setPolicy compiles a policy once, when it comes, and not again when only its status
// changes. One that is not valid denies everything in its namespaces, and says why.
func (c *Cache) setPolicy(policy *v1alpha1.SitePolicy) {
	if known := c.Policy(policy.Name).Source(); known != nil && sameRules(known, policy) {
		return
	}
	ready, errs := policies.Compile(policy, c.catalog)
	if len(errs) > 0 {
		ready = policies.Invalid(policy.Name, errs)
	}
	c.mu.Lock()
	c.policies[policy.Name] = ready
	c.mu.Unlock()
	c.observer.PolicyLoaded(policy.Name, policy.Generation, errs.ToAggregate())
}

// sameRules says whether two states of a policy give the same verdicts. The API server
// counts changes of the spec; break-glass is in the annotations, and rules see the labels.
func sameRules(a, b *v1alpha1.SitePolicy) bool {
	return a.Generation != 0 && a.UID == b.UID && a.Generation == b.Generation && maps.Equal(a.Annotations, b.Annotations) && maps.Equal(a.Labels, b.Labels)
}

func (c *Cache) dropPolicy(policy *v1alpha1.SitePolicy) {
	c.mu.Lock()
	defer c.mu.Unlock()
	delete(c.policies, policy.Name)
	c.observer.PolicyGone(policy.Name)
}

func (c *Cache) setNamespace(namespace *metav1.PartialObjectMetadata) {
	c.mu.Lock()
	defer c.mu.Unlock()
	name := namespace.Labels[names.LabelSitePolicy]
	if name == "" {
		c.forget(namespace.Name)
		return
	}
	c.namespaces[namespace.Name] = name
	if namespace.DeletionTimestamp != nil {
		c.terminating[namespace.Name] = true
	} else {
		delete(c.terminating, namespace.Name)
	}
}

func (c *Cache) forget(namespace string) {
	delete(c.namespaces, namespace)
	delete(c.terminating, namespace)
}

func (c *Cache) dropNamespace(namespace *metav1.PartialObjectMetadata) {
	c.mu.Lock()
	defer c.mu.Unlock()
	c.forget(namespace.Name)
}
