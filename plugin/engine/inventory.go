package engine

import (
	"context"
	"encoding/hex"
	"maps"
	"slices"
	"strings"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Inventory is the list of all objects of a participant, in a ConfigMap. The objects of a
// kit have its digest in their names, so without it, a later plan would not know the names
// of the objects of an earlier one.
//
// For each object, the key is "Kind.group_name", and the value is the command that created
// it. Its content is not trusted: see Confirmed.
type Inventory struct {
	// Owner has the namespace, labels and annotations of the participant's objects,
	// and their name.
	Owner metav1.ObjectMeta
	// Command is the command that creates the objects: "launch" or "inject".
	Command string
	Objects []workloads.Object

	known map[string]string // the entries in the cluster
}

// InventoryName is the name of the inventory of the participant whose objects have the given
// name.
func InventoryName(object string) string { return names.PrefixInventory + object }

// Rehearse implements Step.
func (i *Inventory) Rehearse(ctx context.Context, s *Session) error {
	if err := s.checkNamespace(ctx); err != nil {
		return err
	}
	o, err := s.newObject(i.configMap(nil))
	if err != nil {
		return err
	}
	if err := o.look(ctx); err != nil {
		return s.about(ctx, o, err)
	}
	if i.known, err = entries(o); err != nil {
		return err
	}
	all := maps.Clone(i.known)
	maps.Copy(all, i.made())
	return i.apply(ctx, s, all, metav1.DryRunAll)
}

// Run implements Step. It writes the inventory before the objects are created, so that it
// is complete whatever happens next.
func (i *Inventory) Run(ctx context.Context, s *Session) error {
	all := maps.Clone(i.known)
	maps.Copy(all, i.made())
	return i.apply(ctx, s, all)
}

// apply writes the entries, unless they are there already.
func (i *Inventory) apply(ctx context.Context, s *Session, all map[string]string, dryRun ...string) error {
	if len(i.known) > 0 && maps.Equal(all, i.known) {
		return nil
	}
	o, err := s.newObject(i.configMap(all))
	if err != nil {
		return err
	}
	_, err = o.patch(ctx, o.want, dryRun...)
	if err == nil && len(dryRun) == 0 {
		i.known = all
	}
	return s.about(ctx, o, err)
}

func (i *Inventory) configMap(data map[string]string) *corev1.ConfigMap {
	meta := *i.Owner.DeepCopy()
	meta.Name = InventoryName(meta.Name)
	return &corev1.ConfigMap{TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: kindConfigMap}, ObjectMeta: meta, Data: data}
}

func (i *Inventory) made() map[string]string {
	made := map[string]string{}
	for _, obj := range i.Objects {
		made[key(obj.GetObjectKind().GroupVersionKind().GroupKind(), obj.GetName())] = i.Command
	}
	return made
}

func entries(o *object) (map[string]string, error) {
	found := map[string]string{}
	if o.before == nil {
		return found, nil
	}
	data, _, err := unstructured.NestedStringMap(o.before.Object, "data")
	maps.Copy(found, data)
	return found, err
}

func key(kind schema.GroupKind, name string) string { return kind.String() + "_" + name }

func parseKey(key string) (Ref, bool) {
	kind, name, ok := strings.Cut(key, "_")
	return Ref{GroupKind: schema.ParseGroupKind(kind), Name: name}, ok && kind != "" && name != ""
}

// Refs are the objects of an inventory in the cluster, without claims, which hold data.
func Refs(inventory *corev1.ConfigMap) []Ref {
	var refs []Ref
	for _, key := range slices.Sorted(maps.Keys(inventory.Data)) {
		if ref, ok := parseKey(key); ok && ref.Kind != kindClaim {
			refs = append(refs, ref)
		}
	}
	return refs
}

// Lists says whether an inventory has an object.
func Lists(inventory *corev1.ConfigMap, kind schema.GroupKind, name string) bool {
	_, ok := inventory.Data[key(kind, name)]
	return ok
}

// Confirmed are the refs that exist and belong to the owner according to their own metadata.
// Secrets are not read: a Secret belongs to the owner if it has the name of one of the
// owner's kits.
func Confirmed(ctx context.Context, t Target, owner metav1.ObjectMeta, refs []Ref) ([]Ref, error) {
	client, err := t.Clients.Metadata()
	if err != nil {
		return nil, err
	}
	mapper, err := t.Clients.ToRESTMapper()
	if err != nil {
		return nil, err
	}
	var confirmed []Ref
	for _, ref := range refs {
		if ref.Kind == kindSecret && ref.Group == "" {
			if isKit(ref.Name, owner.Name) {
				confirmed = append(confirmed, ref)
			}
			continue
		}
		mapping, err := mapper.RESTMapping(ref.GroupKind)
		if err != nil {
			continue // without the kind there are no objects
		}
		have, err := client.Resource(mapping.Resource).Namespace(t.Namespace).Get(ctx, ref.Name, metav1.GetOptions{})
		if apierrors.IsNotFound(err) {
			continue
		}
		if err != nil {
			return nil, err
		}
		if belongs(have, owner) {
			ref.UID = have.UID
			confirmed = append(confirmed, ref)
		}
	}
	return confirmed, nil
}

func belongs(have metav1.Object, owner metav1.ObjectMeta) bool {
	if have.GetLabels()[names.LabelManagedBy] != names.ManagedBy {
		return false
	}
	for _, annotation := range []string{names.AnnotationParticipant, names.AnnotationFederation} {
		if have.GetAnnotations()[annotation] != owner.Annotations[annotation] {
			return false
		}
	}
	return true
}

// isKit says whether a Secret has the name of a kit of the participant whose objects have
// the name owner.
func isKit(secret, owner string) bool {
	digest, ok := strings.CutPrefix(secret, names.PrefixKit+owner+"-")
	_, err := hex.DecodeString(digest)
	return ok && len(digest) == names.DigestDigits && err == nil
}
