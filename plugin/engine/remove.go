package engine

import (
	"cmp"
	"context"
	"errors"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
)

// Ref is an object of the target by its name.
type Ref struct {
	schema.GroupKind

	// Namespace is the target's if it is empty.
	Namespace, Name string
	// UID, if known, prevents the deletion of a newer object with the same name.
	UID types.UID
}

// Remove is the step that deletes objects.
type Remove struct {
	// Stages are deleted one after the other, and the objects of a stage at once.
	Stages [][]Ref
	// Action is the name of the change; empty means Deleted.
	Action Action
	// Last are deleted after all stages, and only if everything in these is gone: they show
	// what is left to delete.
	Last []Ref
	// BestEffort deletes all that can be deleted, also if an object cannot be.
	BestEffort bool

	stages [][]*object
}

// Rehearse implements Step. It leaves out objects that do not exist.
func (r *Remove) Rehearse(ctx context.Context, s *Session) error {
	r.stages = nil
	var all []*object
	for _, stage := range append(slices.Clone(r.Stages), r.Last) {
		var objects []*object
		for _, ref := range stage {
			o, err := s.refer(ref)
			if err != nil {
				return err
			}
			o.action = cmp.Or(r.Action, Deleted)
			objects = append(objects, o)
		}
		r.stages = append(r.stages, objects)
		all = append(all, objects...)
	}
	s.add(all)
	if r.BestEffort && !s.dryRun {
		return nil
	}
	return s.each(len(all), func(i int) error { return s.about(ctx, all[i], all[i].remove(ctx, metav1.DryRunAll)) })
}

// Run implements Step.
func (r *Remove) Run(ctx context.Context, s *Session) error {
	var errs []error
	for i, stage := range r.stages {
		if errors.Join(errs...) != nil && i == len(r.Stages) {
			for _, o := range stage {
				o.action = ""
			}
			break
		}
		failed := make([]error, len(stage))
		_ = s.each(len(stage), func(i int) error {
			failed[i] = s.about(ctx, stage[i], stage[i].remove(ctx))
			return nil
		})
		s.report(stage)
		errs = append(errs, failed...)
		if err := errors.Join(failed...); err != nil && !r.BestEffort {
			return err
		}
	}
	return errors.Join(errs...)
}

// readRemovals reads what would be deleted, so that it can be shown. Secrets are not read, and
// what the user may not read is shown by its name.
func (s *Session) readRemovals(ctx context.Context) {
	_ = s.each(len(s.written), func(i int) error {
		o := s.written[i]
		if !o.removal || o.action == "" || o.kind == kindSecret {
			return nil
		}
		if before, err := o.client.Get(ctx, o.want.GetName(), metav1.GetOptions{}); err == nil {
			o.before = before
		}
		return nil
	})
}

// abandon leaves the objects unchanged.
func (r *Remove) abandon() {
	for _, stage := range r.stages {
		for _, o := range stage {
			o.action = ""
		}
	}
	r.stages = nil
}

// refer makes an object of which only the name is known.
func (s *Session) refer(ref Ref) (*object, error) {
	mapping, err := s.mapper.RESTMapping(ref.GroupKind)
	if err != nil {
		return nil, err
	}
	stub := &unstructured.Unstructured{}
	stub.SetGroupVersionKind(mapping.GroupVersionKind)
	namespace := cmp.Or(ref.Namespace, s.Namespace)
	stub.SetNamespace(namespace)
	stub.SetName(ref.Name)
	stub.SetUID(ref.UID)
	return &object{
		name: singular(mapping) + "/" + ref.Name, kind: ref.Kind, want: stub, removal: true,
		client: s.dynamic.Resource(mapping.Resource).Namespace(namespace),
	}, nil
}

// remove deletes the object in the background: a Deployment that waits until its pod is gone
// would be in the way of the next launch.
func (o *object) remove(ctx context.Context, dryRun ...string) error {
	opts := metav1.DeleteOptions{PropagationPolicy: new(metav1.DeletePropagationBackground), DryRun: dryRun}
	if uid := o.want.GetUID(); uid != "" {
		opts.Preconditions = &metav1.Preconditions{UID: &uid}
	}
	err := o.client.Delete(ctx, o.want.GetName(), opts)
	switch {
	case apierrors.IsNotFound(err):
		o.action = ""
	case err != nil:
		return err
	}
	o.done = len(dryRun) == 0
	return nil
}
