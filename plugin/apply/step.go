package apply

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

// step is one object on its way to the cluster.
type step struct {
	name   string
	kind   string
	client dynamic.ResourceInterface
	want   *unstructured.Unstructured
	before *unstructured.Unstructured // nil: absent, or not looked at
	after  *unstructured.Unstructured
	action Action
	keep   bool // what is there stays as it is
	force  bool // a conflict that is none
}

func (a *Applier) newStep(obj workloads.Object) (*step, error) {
	content, err := runtime.DefaultUnstructuredConverter.ToUnstructured(obj)
	if err != nil {
		return nil, err
	}
	// What only the server writes must not be claimed as ours.
	delete(content, "status")
	want := &unstructured.Unstructured{Object: content}
	gvk := want.GroupVersionKind()
	mapping, err := a.mapper.RESTMapping(gvk.GroupKind(), gvk.Version)
	if err != nil {
		return nil, err
	}
	return &step{
		name:   singular(mapping) + "/" + want.GetName(),
		kind:   gvk.Kind,
		client: a.dynamic.Resource(mapping.Resource).Namespace(want.GetNamespace()),
		want:   want,
		force:  a.ForceConflicts,
	}, nil
}

// singular is the kind as kubectl writes it: "deployment.apps".
func singular(mapping *meta.RESTMapping) string {
	return schema.GroupResource{
		Group: mapping.Resource.Group, Resource: strings.ToLower(mapping.GroupVersionKind.Kind),
	}.String()
}

// look reads what is there. Secrets are not read: the person may not have the
// right, and a key that is not fetched cannot leak.
func (a *Applier) look(ctx context.Context, s *step) error {
	if s.kind == "Secret" {
		return nil
	}
	before, err := s.client.Get(ctx, s.want.GetName(), metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return nil
	}
	if err != nil {
		return err
	}
	s.before = before
	if before.GetDeletionTimestamp() != nil {
		return fmt.Errorf("%s in namespace %q is being deleted: wait until it is gone", s.name, before.GetNamespace())
	}
	if s.kind == "PersistentVolumeClaim" {
		// A claim's specification hardly changes once it is there, and the data
		// in it is worth more than our idea of it. A claim that the site made
		// itself is welcome too.
		s.keep, s.after, s.action = true, before, Unchanged
		if before.GetLabels()[names.LabelManagedBy] != names.ManagedBy {
			return nil
		}
	}
	return owned(s)
}

// owned keeps two participants of one name, and objects that are not ours, from
// being merged into one.
func owned(s *step) error {
	have := s.before
	if have.GetLabels()[names.LabelManagedBy] != names.ManagedBy {
		return fmt.Errorf("%s exists in namespace %q and was not made by kubectl flare: rename or delete it, or use another namespace",
			s.name, have.GetNamespace())
	}
	for key, what := range map[string]string{
		names.AnnotationFederation: "federation", names.AnnotationParticipant: "participant",
	} {
		old, want := have.GetAnnotations()[key], s.want.GetAnnotations()[key]
		if old != want {
			return fmt.Errorf("%s in namespace %q belongs to %s %q, not to %q: use another namespace, or delete the other participant first",
				s.name, have.GetNamespace(), what, old, want)
		}
	}
	return nil
}

// rehearse is the server-side dry run, and finds out what the apply will do.
func (a *Applier) rehearse(ctx context.Context, s *step) error {
	if s.keep {
		return nil
	}
	after, err := a.patch(ctx, s, true)
	if err != nil && onlyOurs(err) {
		s.force = true
		after, err = a.patch(ctx, s, true)
	}
	if err != nil {
		return explainPatch(s, err)
	}
	s.after = after
	switch {
	case after.GetResourceVersion() == "":
		s.action = Created
	case s.before == nil || sameContent(s.before, after):
		// A Secret that exists is immutable: there is nothing to configure.
		s.action = Unchanged
	default:
		s.action = Configured
	}
	return nil
}

func (a *Applier) patch(ctx context.Context, s *step, dryRun bool) (*unstructured.Unstructured, error) {
	opts := metav1.ApplyOptions{FieldManager: names.ManagedBy, Force: s.force}
	if dryRun {
		opts.DryRun = []string{metav1.DryRunAll}
	}
	return s.client.Apply(ctx, s.want.GetName(), s.want, opts)
}

// sameContent compares all but the server's own book-keeping.
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
