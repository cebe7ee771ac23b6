package engine

import (
	"context"
	"errors"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/managedfields"
	"k8s.io/client-go/applyconfigurations"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/structured-merge-diff/v6/fieldpath"
	"sigs.k8s.io/structured-merge-diff/v6/typed"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// restore applies the former objects that the plan has changed, the last one first, and
// deletes what the plan created, except for claims, which may hold data. It returns how many
// objects it restored; if the plan had changed none, it does nothing.
func (s *Session) restore(ctx context.Context) (int, error) {
	var former, created []*object
	for _, o := range slices.Backward(s.written) {
		switch {
		case !o.done:
		case o.action == o.configured:
			former = append(former, o)
		case o.action == Created && o.kind != kindClaim:
			created = append(created, o)
		}
	}
	if len(former) == 0 {
		return 0, nil
	}
	var errs []error
	for _, o := range former {
		errs = append(errs, s.about(ctx, o, o.restore(ctx)))
	}
	if err := errors.Join(errs...); err != nil {
		return 0, err
	}
	for _, o := range created {
		errs = append(errs, s.about(ctx, o, o.undo(ctx)))
	}
	s.Reporter.changed(changesOf(slices.Concat(former, created)))
	return len(former), errors.Join(errs...)
}

// restore applies the fields that an earlier plan had applied.
func (o *object) restore(ctx context.Context) error {
	former, err := applied(o.before)
	if err != nil {
		return err
	}
	after, err := o.patch(ctx, former)
	if err != nil {
		return explainPatch(o, err)
	}
	o.after, o.action = after, Restored
	return nil
}

func (o *object) undo(ctx context.Context) error {
	uid := o.after.GetUID()
	err := o.client.Delete(ctx, o.want.GetName(), metav1.DeleteOptions{
		Preconditions: &metav1.Preconditions{UID: &uid}, PropagationPolicy: new(metav1.DeletePropagationBackground),
	})
	if err != nil && !apierrors.IsNotFound(err) {
		return err
	}
	o.after, o.action = nil, Deleted
	return nil
}

// applied is the part of an object that our field manager applied.
func applied(u *unstructured.Unstructured) (*unstructured.Unstructured, error) {
	i := slices.IndexFunc(u.GetManagedFields(), func(f metav1.ManagedFieldsEntry) bool {
		return f.Manager == names.ManagedBy && f.Operation == metav1.ManagedFieldsOperationApply && f.Subresource == ""
	})
	if i < 0 || u.GetManagedFields()[i].FieldsV1 == nil {
		return nil, errors.New("its managed fields do not show what kubectl flare had applied")
	}
	var fields fieldpath.Set
	if err := fields.FromJSON(u.GetManagedFields()[i].FieldsV1.GetRawReader()); err != nil {
		return nil, err
	}
	value, err := typedValue(u)
	if err != nil {
		return nil, err
	}
	content, ok := value.ExtractItems(fields.Leaves(), typed.WithAppendKeyFields()).AsValue().Unstructured().(map[string]any)
	if !ok {
		return nil, errors.New("the part that kubectl flare had applied is not an object")
	}
	former := &unstructured.Unstructured{Object: content}
	former.SetGroupVersionKind(u.GroupVersionKind())
	former.SetName(u.GetName())
	former.SetNamespace(u.GetNamespace())
	return former, nil
}

// typedValue knows the list keys of the built-in kinds.
func typedValue(u *unstructured.Unstructured) (*typed.TypedValue, error) {
	u = u.DeepCopy()
	u.SetManagedFields(nil)
	converter := managedfields.NewDeducedTypeConverter()
	if scheme.Scheme.Recognizes(u.GroupVersionKind()) {
		converter = applyconfigurations.NewTypeConverter(scheme.Scheme)
	}
	return converter.ObjectToTyped(u)
}
