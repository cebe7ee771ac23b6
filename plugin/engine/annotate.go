package engine

import (
	"context"
	"encoding/json"

	"k8s.io/apimachinery/pkg/api/equality"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/types"
)

// Annotate is the step that changes annotations of an object that exists, and nothing else
// of it.
type Annotate struct {
	Ref Ref
	// Annotations are set; a nil value removes an annotation.
	Annotations map[string]*string
	// FieldManager owns the annotations. Another one than that of Apply, so that applying the
	// object again does not remove them.
	FieldManager string

	object *object
}

// Rehearse implements Step.
func (a *Annotate) Rehearse(ctx context.Context, s *Session) error {
	o, err := s.refer(a.Ref)
	if err != nil {
		return err
	}
	o.removal = false
	a.object = o
	s.add([]*object{o})
	return s.about(ctx, o, a.patch(ctx, metav1.DryRunAll))
}

// Run implements Step.
func (a *Annotate) Run(ctx context.Context, s *Session) error {
	err := s.about(ctx, a.object, a.patch(ctx))
	a.object.done = err == nil
	s.report([]*object{a.object})
	return err
}

func (a *Annotate) patch(ctx context.Context, dryRun ...string) error {
	patch, err := json.Marshal(map[string]any{"metadata": map[string]any{"annotations": a.Annotations}})
	if err != nil {
		return err
	}
	o := a.object
	if o.before == nil {
		if o.before, err = o.client.Get(ctx, a.Ref.Name, metav1.GetOptions{}); err != nil {
			return err
		}
	}
	o.after, err = o.client.Patch(ctx, a.Ref.Name, types.MergePatchType, patch, metav1.PatchOptions{FieldManager: a.FieldManager, DryRun: dryRun})
	if err != nil {
		return err
	}
	o.action = Configured
	if equality.Semantic.DeepEqual(o.before.GetAnnotations(), o.after.GetAnnotations()) {
		o.action = Unchanged
	}
	return nil
}
