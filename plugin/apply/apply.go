// Package apply writes objects to a cluster: server-side apply, so that nothing
// of a Secret ends in an annotation, and all or nothing as far as the API can
// tell beforehand: everything is checked and dry-run before the first write.
package apply

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/client-go/dynamic"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
)

// Action is what an apply did, or would do, in kubectl's words.
type Action string

// The actions.
const (
	Created    Action = "created"
	Configured Action = "configured"
	Unchanged  Action = "unchanged"
)

// Result is one object after it was applied.
type Result struct {
	// Name is "resource.group/name", as kubectl prints it.
	Name   string
	Action Action
	Object *unstructured.Unstructured
}

// Applier writes to one cluster.
type Applier struct {
	clients clients.Clients
	dynamic dynamic.Interface
	mapper  meta.RESTMapper
	// ForceConflicts takes over fields that others have set.
	ForceConflicts bool
}

// New makes an Applier.
func New(c clients.Clients) (*Applier, error) {
	dyn, err := c.Dynamic()
	if err != nil {
		return nil, err
	}
	mapper, err := c.ToRESTMapper()
	if err != nil {
		return nil, err
	}
	return &Applier{clients: c, dynamic: dyn, mapper: mapper}, nil
}

// Apply writes the objects. Those that lie in a namespace all lie in the one that
// is given; without one nobody looks whether it is there. With dryRun it asks the
// server what would happen and leaves it at that.
func (a *Applier) Apply(ctx context.Context, namespace string, objects []workloads.Object, dryRun bool) ([]Result, error) {
	steps, err := a.check(ctx, namespace, objects)
	if err != nil {
		return nil, a.clients.Explain(ctx, err)
	}
	results := make([]Result, 0, len(steps))
	for _, s := range steps {
		if !dryRun && !s.keep {
			if s.after, err = a.patch(ctx, s, false); err != nil {
				return results, fmt.Errorf("%s: %w", s.name, a.clients.Explain(ctx, err))
			}
		}
		results = append(results, Result{Name: s.name, Action: s.action, Object: s.after})
	}
	return results, nil
}

// check does everything that can be done without writing: the namespace is
// there, nothing of somebody else's is in the way, and the server accepts every
// single object.
func (a *Applier) check(ctx context.Context, namespace string, objects []workloads.Object) ([]*step, error) {
	if err := a.checkNamespace(ctx, namespace); err != nil {
		return nil, err
	}
	steps := make([]*step, 0, len(objects))
	for _, obj := range objects {
		s, err := a.newStep(obj)
		if err != nil {
			return nil, err
		}
		steps = append(steps, s)
	}
	for _, s := range steps {
		if err := a.look(ctx, s); err != nil {
			return nil, err
		}
	}
	for _, s := range steps {
		if err := a.rehearse(ctx, s); err != nil {
			return nil, fmt.Errorf("%s: %w", s.name, a.clients.Explain(ctx, err))
		}
	}
	return steps, nil
}

// checkNamespace lets those pass who may not look at namespaces: for them the
// dry run finds out.
func (a *Applier) checkNamespace(ctx context.Context, namespace string) error {
	if namespace == "" {
		return nil
	}
	typed, err := a.clients.Typed()
	if err != nil {
		return err
	}
	ns, err := typed.CoreV1().Namespaces().Get(ctx, namespace, metav1.GetOptions{})
	if apierrors.IsForbidden(err) {
		return nil
	}
	if err == nil && ns.DeletionTimestamp != nil {
		return fmt.Errorf("namespace %q is being deleted: wait until it is gone, or give another with -n", namespace)
	}
	return err
}
