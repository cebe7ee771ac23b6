package engine

import (
	"strings"
	"testing"

	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/util/validation/field"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

func namespace(name string) *corev1.Namespace {
	return &corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: name}}
}

func account(name, note string) *corev1.ServiceAccount {
	return &corev1.ServiceAccount{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "ServiceAccount"},
		ObjectMeta: metav1.ObjectMeta{
			Name: name, Namespace: "ns",
			Labels:      map[string]string{names.LabelManagedBy: names.ManagedBy},
			Annotations: map[string]string{"note": note},
		},
	}
}

func secret() *corev1.Secret {
	return &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: metav1.ObjectMeta{Name: "flare-kit-x", Namespace: "ns"},
	}
}

func target(server *clientstest.Server) Target {
	return Target{Clients: server.Clients("ns"), Namespace: "ns"}
}

func apply(t *testing.T, server *clientstest.Server, dryRun bool, objects ...workloads.Object) (ChangeSet, error) {
	t.Helper()
	e := Engine{}
	plan := Plan{Target: target(server), Steps: []Step{&Apply{Stages: [][]workloads.Object{objects}}}}
	if dryRun {
		return e.Rehearse(t.Context(), plan)
	}
	return e.Run(t.Context(), plan)
}

func TestActions(t *testing.T) {
	server := clientstest.Start(t, namespace("ns"))
	for _, step := range []struct {
		note string
		want Action
	}{{"a", Created}, {"a", Unchanged}, {"b", Configured}} {
		for _, dryRun := range []bool{true, false} {
			results, err := apply(t, server, dryRun, account("site-1", step.note))
			if err != nil {
				t.Fatal(err)
			}
			if r := results[0]; r.Action != step.want || r.Name != "serviceaccount/site-1" {
				t.Errorf("dry run %v: %s %s, want %s", dryRun, r.Name, r.Action, step.want)
			}
		}
	}
}

// If the last object is denied, the first is not written.
func TestAllOrNothing(t *testing.T) {
	server := clientstest.Start(t, namespace("ns"))
	server.Deny = func(verb, _, name string, dryRun bool) *apierrors.StatusError {
		if verb == "patch" && name == "last" && dryRun {
			return apierrors.NewInvalid(schema.GroupKind{Kind: "ServiceAccount"}, name, field.ErrorList{field.Invalid(field.NewPath("x"), 1, "no")})
		}
		return nil
	}
	_, err := apply(t, server, false, account("first", ""), account("last", ""))
	if err == nil || !strings.Contains(err.Error(), "serviceaccount/last") {
		t.Errorf("got %v", err)
	}
	if w := server.Writes(); len(w) > 0 {
		t.Errorf("written: %v", w)
	}
}

func conflict(manager string) *apierrors.StatusError {
	return apierrors.NewApplyConflict([]metav1.StatusCause{{
		Type: metav1.CauseTypeFieldManagerConflict, Field: ".spec.replicas", Message: `conflict with "` + manager + `" using apps/v1`,
	}}, "Apply failed with 1 conflict")
}

func TestConflicts(t *testing.T) {
	for manager, wanted := range map[string]string{
		"kubectl-edit":  ".spec.replicas (conflict with \"kubectl-edit\" using apps/v1); undo that, or take the fields over with --force-conflicts",
		"kubectl-flare": "",
	} {
		t.Run(manager, func(t *testing.T) {
			server := clientstest.Start(t, namespace("ns"))
			refused := false
			server.Deny = func(verb, _, _ string, _ bool) *apierrors.StatusError {
				if verb != "patch" || refused && wanted == "" {
					return nil
				}
				refused = true
				return conflict(manager)
			}
			_, err := apply(t, server, false, account("site-1", ""))
			if (wanted == "") != (err == nil) || err != nil && !strings.Contains(err.Error(), wanted) {
				t.Errorf("got %v", err)
			}
		})
	}
}

// An existing Secret is neither read nor written: no user needs a permission for that.
func TestAnExistingSecret(t *testing.T) {
	server := clientstest.Start(t, namespace("ns"))
	for _, want := range []Action{Created, Unchanged} {
		server.Deny = func(verb, resource, _ string, _ bool) *apierrors.StatusError {
			if resource == "secrets" && verb != "create" {
				t.Errorf("%s secrets", verb)
			}
			return nil
		}
		changes, err := apply(t, server, false, secret())
		if err != nil || len(changes) != 1 || changes[0].Action != want {
			t.Errorf("%v: %v", changes, err)
		}
	}
}

func TestWhatIsOnItsWayOut(t *testing.T) {
	gone := metav1.Now()
	for name, objects := range map[string][]runtime.Object{
		"namespace": {&corev1.Namespace{ObjectMeta: metav1.ObjectMeta{Name: "ns", DeletionTimestamp: &gone}}},
		"object": {namespace("ns"), &corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{
			Name: "site-1", Namespace: "ns", DeletionTimestamp: &gone,
		}}},
	} {
		t.Run(name, func(t *testing.T) {
			server := clientstest.Start(t, objects...)
			_, err := apply(t, server, false, account("site-1", ""))
			if err == nil || !strings.Contains(err.Error(), "is being deleted: wait until it is gone") {
				t.Errorf("got %v", err)
			}
		})
	}
}
