package engine

import (
	"context"
	"fmt"
	"strings"

	"k8s.io/apimachinery/pkg/api/equality"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	"k8s.io/apimachinery/pkg/api/meta"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/client-go/dynamic"

	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

const (
	kindSecret    = "Secret"
	kindConfigMap = "ConfigMap"
	kindClaim     = "PersistentVolumeClaim"
)

// object is one object of a plan.
type object struct {
	name   string
	kind   string
	client dynamic.ResourceInterface
	want   *unstructured.Unstructured
	before *unstructured.Unstructured // nil if it does not exist or was not read
	after  *unstructured.Unstructured
	// action is empty until the object has been rehearsed; configured is the name of a
	// change.
	action, configured Action
	advice             string // what to do about an object that is left alone
	keep               bool   // the existing object stays unchanged
	force              bool   // conflicts are with ourselves, or are overridden
	adopt              bool   // it may belong to others
	removal            bool   // it is to be deleted
	done               bool   // it has been written or deleted
}

func (s *Session) newObject(obj workloads.Object) (*object, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj)
	if err != nil {
		return nil, err
	}
	want := (&unstructured.Unstructured{Object: content}).DeepCopy()
	// Fields that only the server writes, and empty ones, must not become ours.
	delete(want.Object, "status")
	unstructured.RemoveNestedField(want.Object, "metadata", "creationTimestamp")
	if spec, ok := want.Object["spec"].(map[string]any); ok && len(spec) == 0 {
		delete(want.Object, "spec")
	}
	gvk := want.GroupVersionKind()
	mapping, err := s.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, err
	}
	return &object{
		name:       singular(mapping) + "/" + want.GetName(),
		kind:       gvk.Kind,
		client:     s.dynamic.Resource(mapping.Resource).Namespace(want.GetNamespace()),
		want:       want,
		configured: Configured,
		force:      s.engine.ForceConflicts,
	}, nil
}

func (o *object) change() Change {
	c := Change{Name: o.name, Namespace: o.want.GetNamespace(), Action: o.action, Object: o.after, Before: o.before}
	if o.action == Skipped {
		c.Object = nil
	}
	if o.action == Deleted {
		c.Object = o.want // only its name is known
	}
	return c
}

// singular is the kind as kubectl writes it: "deployment.apps".
func singular(mapping *meta.RESTMapping) string {
	return schema.GroupResource{
		Group: mapping.Resource.Group, Resource: strings.ToLower(mapping.GroupVersionKind.Kind),
	}.String()
}

// look reads the existing object. Secrets are not read: users may not have the permission,
// and a key that is not read cannot leak.
func (o *object) look(ctx context.Context) error {
	if o.kind == kindSecret {
		return nil
	}
	before, err := o.client.Get(ctx, o.want.GetName(), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	o.before = before
	if before.GetDeletionTimestamp() != nil {
		return fmt.Errorf("%s in namespace %q is being deleted: wait until it is gone", o.name, before.GetNamespace())
	}
	if o.kind == kindClaim {
		// Hardly any field of a claim can be changed, and its data is worth more than
		// its form. A claim that the site has created itself is used too.
		o.keep, o.after, o.action = true, before, Unchanged
		if before.GetLabels()[names.LabelManagedBy] != names.ManagedBy {
			return nil
		}
	}
	return o.owned()
}

// owned prevents merging with an object of another participant, or one that is not ours.
func (o *object) owned() error {
	if o.adopt || o.kept() {
		return nil
	}
	have := o.before
	if have.GetLabels()[names.LabelManagedBy] != names.ManagedBy {
		return fmt.Errorf("%s exists in namespace %q and was not created by kubectl flare: rename or delete it, or use another namespace",
			o.name, have.GetNamespace())
	}
	for _, mark := range []struct{ annotation, what string }{
		{names.AnnotationFederation, "federation"}, {names.AnnotationParticipant, "participant"},
	} {
		old, want := have.GetAnnotations()[mark.annotation], o.want.GetAnnotations()[mark.annotation]
		if old != want {
			return fmt.Errorf("%s in namespace %q belongs to %s %q, not to %q: use another namespace, or delete the other participant first",
				o.name, have.GetNamespace(), mark.what, old, want)
		}
	}
	return nil
}

// rehearse does the server-side dry run, and finds out what the apply will do. An object is
// read only if it exists: most of a launch do not.
func (o *object) rehearse(ctx context.Context) error {
	if o.kind == kindSecret {
		var err error
		o.after, err = o.create(ctx, metav1.DryRunAll)
		return err
	}
	var after *unstructured.Unstructured
	var err error
	if o.kind != kindClaim { // one that exists is not changed
		after, err = o.patch(ctx, o.want, metav1.DryRunAll)
		if err == nil && after.GetResourceVersion() == "" {
			o.after, o.action = after, Created
			return nil
		}
	}
	if unseen := o.look(ctx); apierrors.IsForbidden(unseen) && err != nil {
		return err
	} else if unseen != nil {
		return unseen
	}
	switch kept := o.kept(); {
	case o.keep:
		return nil
	case kept && !o.force, o.kind == kindClaim:
		o.force = o.force || kept // to see what would change
		after, err = o.patch(ctx, o.want, metav1.DryRunAll)
	}
	if err != nil && onlyOurs(err) {
		o.force = true
		after, err = o.patch(ctx, o.want, metav1.DryRunAll)
	}
	if err != nil {
		return explainPatch(o, err)
	}
	if o.kept() {
		return o.leave(after)
	}
	o.after = after
	switch {
	case after.GetResourceVersion() == "":
		o.action = Created
	case sameContent(o.before, after):
		o.action = Unchanged
	default:
		o.action = o.configured
	}
	return nil
}

// write applies the object for real.
func (o *object) write(ctx context.Context) error {
	if o.keep {
		return nil
	}
	if o.kind == kindSecret {
		after, err := o.create(ctx)
		o.after, o.done = after, err == nil && !o.keep
		return err
	}
	after, err := o.patch(ctx, o.want)
	if err != nil {
		return explainPatch(o, err)
	}
	o.after, o.done = after, true
	return nil
}

func (o *object) patch(ctx context.Context, want *unstructured.Unstructured, dryRun ...string) (*unstructured.Unstructured, error) {
	return o.client.Apply(ctx, want.GetName(), want, metav1.ApplyOptions{FieldManager: names.ManagedBy, Force: o.force, DryRun: dryRun})
}

// sameContent compares everything but the server's own metadata.
func sameContent(a, b *unstructured.Unstructured) bool {
	a, b = a.DeepCopy(), b.DeepCopy()
	for _, u := range []*unstructured.Unstructured{a, b} {
		u.SetManagedFields(nil)
		u.SetResourceVersion("")
		u.SetGeneration(0)
		delete(u.Object, "status")
	}
	return equality.Semantic.DeepEqual(a.Object, b.Object)
}
