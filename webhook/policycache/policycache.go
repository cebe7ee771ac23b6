// Package policycache knows the SitePolicies and which namespace names which. It
// watches both, and it holds nothing else of the namespaces than their labels.
package policycache

import (
	"context"
	"errors"
	"slices"
	"sync"

	corev1 "k8s.io/api/core/v1"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	toolscache "k8s.io/client-go/tools/cache"
	"sigs.k8s.io/controller-runtime/pkg/cache"

	"github.com/kubectl-flare/kubectl-flare/policies"
	"github.com/kubectl-flare/kubectl-flare/policies/v1alpha1"
)

// Observer hears of every policy.
type Observer interface {
	// PolicyLoaded is called with each policy that is read, and why it is not valid, or nil.
	PolicyLoaded(policy string, generation int64, invalid error)
	// PolicyGone is called when a policy was deleted.
	PolicyGone(policy string)
}

// Cache implements handlers.Policies.
type Cache struct {
	catalog  *policies.Catalog
	observer Observer

	mu       sync.RWMutex
	policies map[string]*policies.Policy
	// namespaces are the values of the label of those that have it, and terminating
	// those of them that are being deleted.
	namespaces  map[string]string
	terminating map[string]bool
	synced      []func() bool
}

// New makes an empty Cache: everything is denied until it is filled. It compiles
// policies with the catalog, each once.
func New(catalog *policies.Catalog, observer Observer) *Cache {
	return &Cache{catalog: catalog, observer: observer, policies: map[string]*policies.Policy{}, namespaces: map[string]string{}, terminating: map[string]bool{}}
}

// Watch fills the Cache from informers and keeps it filled.
func (c *Cache) Watch(ctx context.Context, informers cache.Informers) error {
	namespaces := &metav1.PartialObjectMetadata{}
	namespaces.SetGroupVersionKind(corev1.SchemeGroupVersion.WithKind("Namespace"))
	policyInformer, err := informers.GetInformer(ctx, &v1alpha1.SitePolicy{}, cache.BlockUntilSynced(false))
	if err != nil {
		return err
	}
	namespaceInformer, err := informers.GetInformer(ctx, namespaces, cache.BlockUntilSynced(false))
	if err != nil {
		return err
	}
	for _, w := range []struct {
		informer cache.Informer
		handler  toolscache.ResourceEventHandler
	}{{policyInformer, on(c.setPolicy, c.dropPolicy)}, {namespaceInformer, on(c.setNamespace, c.dropNamespace)}} {
		registration, err := w.informer.AddEventHandler(w.handler)
		if err != nil {
			return err
		}
		c.mu.Lock()
		c.synced = append(c.synced, registration.HasSynced)
		c.mu.Unlock()
	}
	return nil
}

// For says which policy governs a namespace. A namespace that it has not heard
// of has none: the request is denied, whichever event came first.
func (c *Cache) For(namespace string) (*policies.Policy, string) {
	c.mu.RLock()
	defer c.mu.RUnlock()
	name := c.namespaces[namespace]
	if name == "" {
		return nil, ""
	}
	return c.policies[name], name
}

// Policy is the policy with this name, nil if there is none.
func (c *Cache) Policy(name string) *policies.Policy {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.policies[name]
}

// Namespaces are the namespaces that a policy governs, sorted.
func (c *Cache) Namespaces(policy string) []string {
	c.mu.RLock()
	defer c.mu.RUnlock()
	var governed []string
	for namespace, name := range c.namespaces {
		if name == policy {
			governed = append(governed, namespace)
		}
	}
	slices.Sort(governed)
	return governed
}

// Terminating says whether a governed namespace is being deleted.
func (c *Cache) Terminating(namespace string) bool {
	c.mu.RLock()
	defer c.mu.RUnlock()
	return c.terminating[namespace]
}

// Ready gives an error until every policy and namespace has been seen once.
func (c *Cache) Ready() error {
	c.mu.RLock()
	defer c.mu.RUnlock()
	if len(c.synced) == 0 {
		return errors.New("policies are not watched yet")
	}
	for _, synced := range c.synced {
		if !synced() {
			return errors.New("policies are not loaded yet")
		}
	}
	return nil
}
