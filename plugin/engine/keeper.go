package engine

import (
	"encoding/json"
	"fmt"
	"slices"
	"strings"

	jsonpatch "gopkg.in/evanphx/json-patch.v4"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/util/strategicpatch"
	"k8s.io/client-go/kubernetes/scheme"
	"sigs.k8s.io/yaml"

	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// Keeper says which tool keeps an object as it is in a source of its own, such as a Git
// repository, and would undo a change in the cluster; empty if none does.
//
// Argo CD is recognised by its annotation or by its field manager: the label that it used to
// write, app.kubernetes.io/instance, is written by many other tools.
func Keeper(obj metav1.Object) string {
	labels, annotations := obj.GetLabels(), obj.GetAnnotations()
	isArgo := func(f metav1.ManagedFieldsEntry) bool { return strings.HasPrefix(f.Manager, "argocd-") }
	switch {
	case annotations["argocd.argoproj.io/tracking-id"] != "", slices.ContainsFunc(obj.GetManagedFields(), isArgo):
		return "Argo CD"
	case labels["kustomize.toolkit.fluxcd.io/name"] != "":
		return fmt.Sprintf("Flux (Kustomization %s/%s)", labels["kustomize.toolkit.fluxcd.io/namespace"], labels["kustomize.toolkit.fluxcd.io/name"])
	case labels["helm.toolkit.fluxcd.io/name"] != "":
		return fmt.Sprintf("Flux (HelmRelease %s/%s)", labels["helm.toolkit.fluxcd.io/namespace"], labels["helm.toolkit.fluxcd.io/name"])
	case annotations["meta.helm.sh/release-name"] != "", labels[names.LabelManagedBy] == "Helm":
		return strings.TrimSpace("Helm " + annotations["meta.helm.sh/release-name"])
	}
	return ""
}

// kept says whether a tool keeps the object and it is the one that we would write.
func (o *object) kept() bool {
	if o.adopt || o.before == nil || Keeper(o.before) == "" {
		return false
	}
	for _, mark := range []string{names.AnnotationFederation, names.AnnotationParticipant} {
		if o.before.GetAnnotations()[mark] != o.want.GetAnnotations()[mark] {
			return false
		}
	}
	return true
}

// leave leaves an object to the tool that keeps it. after is what we would have made of it.
func (o *object) leave(after *unstructured.Unstructured) error {
	o.keep, o.after, o.action = true, o.before, Unchanged
	patch, err := changeOf(o.before, after)
	if err == nil && len(patch) > 0 {
		o.action = Left
		o.advice = fmt.Sprintf("%s in namespace %s belongs to %s, which would undo a change, so it stays as it is. Commit this patch where %s has the object:\n%s",
			o.name, o.before.GetNamespace(), Keeper(o.before), Keeper(o.before), patch)
	}
	return err
}

// labelsOfKeepers are those for which tools have values of their own.
func labelsOfKeepers() []string { return []string{names.LabelManagedBy, names.LabelAppInstance} }

// changeOf is a patch for Kustomize as YAML, a strategic one for the built-in kinds; empty if
// nothing differs but what only servers and tools write.
func changeOf(before, after *unstructured.Unstructured) ([]byte, error) {
	from, err := json.Marshal(plain(before).Object)
	if err != nil {
		return nil, err
	}
	to, err := json.Marshal(plain(after).Object)
	if err != nil {
		return nil, err
	}
	patch, err := patchOf(after, from, to)
	if err != nil || string(patch) == "{}" {
		return nil, err
	}
	u := &unstructured.Unstructured{}
	if err := json.Unmarshal(patch, &u.Object); err != nil {
		return nil, err
	}
	u.SetGroupVersionKind(after.GroupVersionKind())
	u.SetNamespace(after.GetNamespace())
	u.SetName(after.GetName())
	return yaml.Marshal(u.Object)
}

func patchOf(obj *unstructured.Unstructured, from, to []byte) ([]byte, error) {
	typed, err := scheme.Scheme.New(obj.GroupVersionKind())
	if err != nil { // a kind that only the cluster knows
		return jsonpatch.CreateMergePatch(from, to)
	}
	return strategicpatch.CreateTwoWayMergePatch(from, to, typed)
}

// plain is an object without what servers and tools write.
func plain(u *unstructured.Unstructured) *unstructured.Unstructured {
	u = u.DeepCopy()
	for _, field := range []string{"managedFields", "resourceVersion", "generation", "uid", "creationTimestamp"} {
		unstructured.RemoveNestedField(u.Object, "metadata", field)
	}
	delete(u.Object, "status")
	labels := u.GetLabels()
	for _, label := range labelsOfKeepers() {
		delete(labels, label)
	}
	u.SetLabels(labels)
	return u
}

// left says whether an object of the plan was left to a tool.
func (s *Session) left() bool {
	return slices.ContainsFunc(s.written, func(o *object) bool { return o.action == Left })
}

// advise says what to do about objects that were left to a tool.
func (s *Session) advise(objects []*object) {
	for _, o := range objects {
		if o.action == Left {
			s.Reporter.Note("%s", o.advice)
		}
	}
}
