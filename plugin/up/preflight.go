package up

import (
	"context"
	"fmt"
	"strings"
	"sync"

	"golang.org/x/sync/errgroup"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// place is a namespace of a cluster.
type place struct{ context, namespace string }

func (s place) String() string {
	if s.context == "" {
		return s.namespace
	}
	return s.context + "/" + s.namespace
}

// site is where the participant runs.
func (m member) site() place { return place{m.Context, m.Namespace} }

// sites are the namespaces in which participants are launched.
func sites(all []member) map[place][]member {
	found := map[place][]member{}
	for _, m := range all {
		if !m.apart {
			at := m.site()
			found[at] = append(found[at], m)
		}
	}
	return found
}

// preflight looks at all namespaces at once, and reports what is wrong with them. A cluster
// that cannot be reached is no mistake of the file: its participants fail when their turn
// comes, and the others do not.
func preflight(ctx context.Context, f *federation.Federation, all []member, r *federation.Report) {
	var mu sync.Mutex
	var group errgroup.Group
	group.SetLimit(16)
	for at, there := range sites(all) {
		group.Go(func() error {
			c := there[0].clients
			missing := lookAtNamespace(ctx, c, at.namespace)
			var owners map[string]inventory
			if missing == nil {
				owners = inventories(ctx, c, at.namespace)
			}
			mu.Lock()
			defer mu.Unlock()
			for _, m := range there {
				if missing != nil {
					r.Add(m.at+".namespace", "(%s): %v", m.Name, missing)
				}
				if owner, ok := owners[kit.ObjectName(m.Name)]; ok && owner.federation != f.Name {
					r.Add(m.at+".namespace", "(%s) is %s, where the inventory of %s belongs to the federation %q: use another namespace, or delete that participant first", m.Name, at, m.Name, owner.federation)
				}
			}
			return nil
		})
	}
	_ = group.Wait() // what is wrong is reported
}

// lookAtNamespace is an error if the namespace is missing or being deleted.
func lookAtNamespace(ctx context.Context, c clients.Clients, name string) error {
	typed, err := c.Typed()
	if err != nil {
		return err
	}
	namespace, err := typed.CoreV1().Namespaces().Get(ctx, name, metav1.GetOptions{})
	switch {
	case apierrors.IsNotFound(err):
		return c.Explain(ctx, err)
	case err == nil && namespace.DeletionTimestamp != nil:
		return fmt.Errorf("namespace %q is being deleted: wait until it is gone, or use another namespace", name)
	}
	return nil
}

// inventory says what it is about.
type inventory struct{ participant, federation string }

// inventories are those of a namespace, by the name of their participant's objects. Users who
// may not list them see the same problems when the plan is rehearsed.
func inventories(ctx context.Context, c clients.Clients, namespace string) map[string]inventory {
	found := map[string]inventory{}
	client, err := c.Metadata()
	if err != nil {
		return found
	}
	list, err := client.Resource(schema.GroupVersionResource{Version: "v1", Resource: "configmaps"}).Namespace(namespace).
		List(ctx, metav1.ListOptions{LabelSelector: names.LabelManagedBy + "=" + names.ManagedBy})
	if err != nil {
		return found
	}
	for i := range list.Items {
		item := &list.Items[i]
		if name, ok := strings.CutPrefix(item.Name, engine.InventoryName("")); ok {
			found[name] = inventory{participants.TrueName(item), item.Annotations[names.AnnotationFederation]}
		}
	}
	return found
}
