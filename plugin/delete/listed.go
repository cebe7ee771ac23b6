package delete

import (
	"context"
	"slices"
	"strings"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

func isInventory(obj object) bool {
	return obj.groupKind.Kind == "ConfigMap" && strings.HasPrefix(obj.name, names.PrefixInventory)
}

// findListed reads the inventories of the participants. It returns the objects in them
// that were not found otherwise, such as the Secrets of former kits if the user may not
// list Secrets. An inventory that the user may not read adds nothing.
func (o *Options) findListed(ctx context.Context, found []object) ([]object, error) {
	typed, err := o.clients.Typed()
	if err != nil {
		return nil, err
	}
	target := engine.Target{Clients: o.clients, Namespace: o.namespace}
	var listed []object
	for _, f := range slices.DeleteFunc(slices.Clone(found), func(f object) bool { return !isInventory(f) }) {
		inventory, err := typed.CoreV1().ConfigMaps(o.namespace).Get(ctx, f.name, metav1.GetOptions{})
		if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		owner := metav1.ObjectMeta{Name: kit.ObjectName(f.participant), Annotations: map[string]string{
			names.AnnotationParticipant: f.participant, names.AnnotationFederation: f.federation,
		}}
		refs := slices.DeleteFunc(engine.Refs(inventory), func(r engine.Ref) bool { return contains(found, r) })
		confirmed, err := engine.Confirmed(ctx, target, owner, refs)
		if err != nil {
			return nil, err
		}
		for _, ref := range confirmed {
			listed = append(listed, newListed(f, ref))
		}
	}
	return listed, nil
}

func contains(found []object, ref engine.Ref) bool {
	return slices.ContainsFunc(found, func(f object) bool { return f.groupKind == ref.GroupKind && f.name == ref.Name })
}

func newListed(inventory object, ref engine.Ref) object {
	obj := object{kind: kind{groupKind: ref.GroupKind}, name: ref.Name, participant: inventory.participant}
	obj.resource.Version = "v1"
	if ref.UID != "" {
		obj.uid = &ref.UID
	}
	return obj
}
