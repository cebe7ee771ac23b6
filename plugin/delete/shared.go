package delete

import (
	"context"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/metadata"

	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// findShared finds the Service that leads to the server in another namespace, if the last
// participant that can use it is being deleted.
func (o *Options) findShared(ctx context.Context, client metadata.Interface, going []object) ([]object, error) {
	if len(going) == 0 {
		return nil, nil
	}
	services := kind{
		resource:  schema.GroupVersionResource{Version: "v1", Resource: "services"},
		groupKind: schema.GroupKind{Kind: "Service"},
	}
	list, err := client.Resource(services.resource).Namespace(o.namespace).List(ctx, metav1.ListOptions{
		LabelSelector: names.LabelManagedBy + "=" + names.ManagedBy + ",!" + names.LabelParticipant,
	})
	if err != nil || len(list.Items) == 0 {
		return nil, err
	}
	last, err := o.lastGoes(ctx, client, going)
	if err != nil || !last {
		return nil, err
	}
	var found []object
	for _, item := range list.Items {
		found = append(found, object{kind: services, name: item.Name, uid: &item.UID})
	}
	return found, nil
}

// lastGoes looks at ServiceAccounts: every participant has one.
func (o *Options) lastGoes(ctx context.Context, client metadata.Interface, going []object) (bool, error) {
	accounts := schema.GroupVersionResource{Version: "v1", Resource: "serviceaccounts"}
	list, err := client.Resource(accounts).Namespace(o.namespace).List(ctx, metav1.ListOptions{LabelSelector: participants.Selector})
	if err != nil {
		return false, err
	}
	for _, item := range list.Items {
		stays := !slices.ContainsFunc(going, func(g object) bool { return g.resource == accounts && g.name == item.Name })
		if stays {
			return false, nil
		}
	}
	return true, nil
}
