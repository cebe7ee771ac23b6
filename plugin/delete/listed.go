package delete

import (
	"context"
	"fmt"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

func isInventory(obj object) bool {
	return obj.groupKind.Kind == "ConfigMap" && strings.HasPrefix(obj.name, names.PrefixInventory)
}

// inventories are those of the participants, by the participant's name. One that the user may
// not read is left out.
func (o *Options) inventories(ctx context.Context, found []object) (map[string]*corev1.ConfigMap, error) {
	typed, err := o.clients.Typed()
	if err != nil {
		return nil, err
	}
	all := map[string]*corev1.ConfigMap{}
	for _, f := range found {
		if !isInventory(f) || f.name != engine.InventoryName(kit.ObjectName(f.participant)) {
			continue
		}
		inventory, err := typed.CoreV1().ConfigMaps(o.namespace).Get(ctx, f.name, metav1.GetOptions{})
		if apierrors.IsForbidden(err) || apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		all[f.participant] = inventory
	}
	return all, nil
}

// exact leaves out what has a participant's labels, as a copy of one of its objects has, and
// which its inventory does not list. Without an inventory, the labels decide. Names that are
// reserved for kits belong to nothing else: no private key stays.
func (o *Options) exact(found []object, inventories map[string]*corev1.ConfigMap) []object {
	var kept []object
	for _, f := range found {
		inventory := inventories[f.participant]
		if inventory == nil || isInventory(f) || reserved(f) || engine.Lists(inventory, f.groupKind, f.name) {
			kept = append(kept, f)
			continue
		}
		_, _ = fmt.Fprintf(o.ErrOut, "Note: %s has the labels of %q and is not in its inventory %s, so it stays\n", f.display(), f.participant, inventory.Name)
	}
	return kept
}

func reserved(f object) bool {
	return f.groupKind.Kind == "Secret" && strings.HasPrefix(f.name, names.PrefixKit) ||
		f.groupKind.Kind == "ConfigMap" && strings.HasPrefix(f.name, names.PrefixLocal)
}

// findListed returns the objects in the participants' inventories that were not found
// otherwise, such as the Secrets of former kits if the user may not list Secrets.
func (o *Options) findListed(ctx context.Context, found []object, inventories map[string]*corev1.ConfigMap) ([]object, error) {
	target := engine.Target{Clients: o.clients, Namespace: o.namespace}
	var listed []object
	for _, f := range found {
		inventory := inventories[f.participant]
		if !isInventory(f) || inventory == nil {
			continue
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
