package engine

import (
	"context"
	"errors"
	"fmt"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/stretchr/testify/require"
	appsv1 "k8s.io/api/apps/v1"
	corev1 "k8s.io/api/core/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients/clientstest"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// step is a step for tests.
type step struct{ run func() error }

func (s step) Rehearse(context.Context, *Session) error { return nil }

func (s step) Run(context.Context, *Session) error { return s.run() }

func fails() error { return errors.New("it does not start") }

func owner(name string) metav1.ObjectMeta {
	return metav1.ObjectMeta{
		Name: name, Namespace: "ns",
		Labels:      map[string]string{names.LabelManagedBy: names.ManagedBy, names.LabelParticipant: name},
		Annotations: map[string]string{names.AnnotationParticipant: name, names.AnnotationFederation: "demo"},
	}
}

func of(owner metav1.ObjectMeta, name string) metav1.ObjectMeta {
	meta := *owner.DeepCopy()
	meta.Name = name
	return meta
}

func kitSecret(owner metav1.ObjectMeta, digit string) *corev1.Secret {
	return &corev1.Secret{
		TypeMeta:   metav1.TypeMeta{APIVersion: "v1", Kind: "Secret"},
		ObjectMeta: of(owner, names.PrefixKit+owner.Name+"-"+strings.Repeat(digit, 32)),
	}
}

func claim(owner metav1.ObjectMeta) *corev1.PersistentVolumeClaim {
	return &corev1.PersistentVolumeClaim{
		TypeMeta: metav1.TypeMeta{APIVersion: "v1", Kind: "PersistentVolumeClaim"}, ObjectMeta: of(owner, owner.Name+"-workspace"),
	}
}

func deployment(owner metav1.ObjectMeta, image string, env ...corev1.EnvVar) *appsv1.Deployment {
	return &appsv1.Deployment{
		TypeMeta: metav1.TypeMeta{APIVersion: "apps/v1", Kind: "Deployment"}, ObjectMeta: owner,
		Spec: appsv1.DeploymentSpec{
			Selector: &metav1.LabelSelector{MatchLabels: owner.Labels},
			Template: corev1.PodTemplateSpec{
				ObjectMeta: metav1.ObjectMeta{Labels: owner.Labels},
				Spec:       corev1.PodSpec{Containers: []corev1.Container{{Name: "main", Image: image, Env: env}}},
			},
		},
	}
}

func verbs(c ChangeSet) []string {
	var out []string
	for _, change := range c {
		out = append(out, change.Name+" "+string(change.Action))
	}
	return out
}

func run(t *testing.T, server *clientstest.Server, plan Plan) (ChangeSet, error) {
	t.Helper()
	plan.Subject, plan.Target = "site-1", target(server)
	return (&Engine{}).Run(t.Context(), plan)
}

// The writes of one stage run at once, as many as the engine allows and no more;
// the next stage waits for all of them.
func TestStagesAreConcurrentAndBounded(t *testing.T) {
	const objects, bound = 12, 4
	server := clientstest.Start(t, namespace("ns"))
	var running, most, finished, early atomic.Int32
	server.Deny = func(verb, _, name string, dryRun bool) *apierrors.StatusError {
		if verb != "patch" || dryRun {
			return nil
		}
		if name == "last" && finished.Load() < objects {
			early.Add(1)
		}
		now := running.Add(1)
		for {
			high := most.Load()
			if now <= high || most.CompareAndSwap(high, now) {
				break
			}
		}
		time.Sleep(20 * time.Millisecond)
		running.Add(-1)
		finished.Add(1)
		return nil
	}
	var first []workloads.Object
	for i := range objects {
		first = append(first, account(fmt.Sprintf("site-%d", i), ""))
	}
	plan := Plan{Target: target(server), Steps: []Step{&Apply{Stages: [][]workloads.Object{first, {account("last", "")}}}}}
	changes, err := (&Engine{Concurrency: bound}).Run(t.Context(), plan)
	require.NoError(t, err)
	require.Len(t, changes, objects+1)
	require.EqualValues(t, bound, most.Load())
	require.Zero(t, early.Load())
}

// Each object needs a dry run and a write, and a read only if it exists; the namespace is read
// once for the whole plan.
func TestRequestsOfAPlan(t *testing.T) {
	server := clientstest.Start(t, namespace("ns"))
	var requests []string
	server.Deny = func(verb, resource, _ string, dryRun bool) *apierrors.StatusError {
		requests = append(requests, fmt.Sprintf("%s %s %v", verb, resource, dryRun))
		return nil
	}
	stages := func(o workloads.Object) Step { return &Apply{Stages: [][]workloads.Object{{o}}} }
	plan := Plan{Steps: []Step{stages(account("a", "")), stages(kitSecret(owner("site-1"), "a"))}}
	_, err := run(t, server, plan)
	require.NoError(t, err)
	want := []string{
		"get namespaces false", "patch serviceaccounts true", "create secrets true", "patch serviceaccounts false", "create secrets false",
	}
	require.Equal(t, want, requests)
	requests = nil
	_, err = run(t, server, plan)
	require.NoError(t, err)
	require.Equal(t, []string{
		"get namespaces false", "patch serviceaccounts true", "get serviceaccounts false", "create secrets true", "patch serviceaccounts false",
	}, requests)
}

// Nothing of a plan is written if a later step of it would be denied.
func TestEveryStepIsRehearsedFirst(t *testing.T) {
	server := clientstest.Start(t, namespace("ns"))
	server.Deny = func(verb, _, name string, _ bool) *apierrors.StatusError {
		if verb == "patch" && name == "second" {
			return apierrors.NewBadRequest("no")
		}
		return nil
	}
	_, err := run(t, server, Plan{Steps: []Step{
		&Apply{Stages: [][]workloads.Object{{account("first", "")}}}, &Apply{Stages: [][]workloads.Object{{account("second", "")}}},
	}})
	require.ErrorContains(t, err, "serviceaccount/second: no")
	require.Empty(t, server.Writes())
}

func TestWhatIsAfterAFailureIsSkipped(t *testing.T) {
	server := clientstest.Start(t, namespace("ns"))
	server.Deny = func(verb, _, name string, dryRun bool) *apierrors.StatusError {
		if verb == "patch" && name == "b" && !dryRun {
			return apierrors.NewBadRequest("no")
		}
		return nil
	}
	changes, err := run(t, server, Plan{Steps: []Step{
		&Apply{Stages: [][]workloads.Object{{account("a", "")}, {account("b", ""), account("c", "")}, {account("d", "")}}},
	}})
	require.ErrorContains(t, err, "serviceaccount/b: no")
	want := []string{"serviceaccount/a created", "serviceaccount/b skipped", "serviceaccount/c created", "serviceaccount/d skipped"}
	require.Equal(t, want, verbs(changes))
}

// launch is a plan as launch makes it: an inventory, objects, a check and a prune.
func launch(meta metav1.ObjectMeta, works error, objects ...workloads.Object) Plan {
	inventory := &Inventory{Owner: meta, Command: "launch", Objects: objects}
	return Plan{Rollback: true, Steps: []Step{
		inventory, &Apply{Stages: [][]workloads.Object{objects}}, step{func() error { return works }}, &Prune{Inventory: inventory},
	}}
}

// A change that does not work is rolled back: former fields are set again, new ones are
// removed, and new objects are deleted.
func TestRollback(t *testing.T) {
	server := clientstest.Start(t, namespace("ns"))
	meta := owner("site-1")
	_, err := run(t, server, launch(meta, nil, kitSecret(meta, "a"), deployment(meta, "x:1", corev1.EnvVar{Name: "A", Value: "1"})))
	require.NoError(t, err)
	before, _ := server.Get("deployments", "ns", "site-1")

	changes, err := run(t, server, launch(meta, fails(), kitSecret(meta, "b"), claim(meta), deployment(meta, "x:2", corev1.EnvVar{Name: "B", Value: "2"})))
	require.ErrorContains(t, err, "it does not start")
	require.ErrorContains(t, err, "site-1: the former objects were restored, because the new ones do not work; to keep the new ones, give --rollback=false")
	want := []string{
		"secret/" + kitSecret(meta, "b").Name + " deleted", "persistentvolumeclaim/site-1-workspace created", "deployment.apps/site-1 restored",
	}
	require.Equal(t, want, verbs(changes))
	after, _ := server.Get("deployments", "ns", "site-1")
	if diff := cmp.Diff(before.Object["spec"], after.Object["spec"]); diff != "" {
		t.Errorf("-before +after:\n%s", diff)
	}
	_, kept := server.Get("secrets", "ns", kitSecret(meta, "a").Name)
	_, gone := server.Get("secrets", "ns", kitSecret(meta, "b").Name)
	require.True(t, kept && !gone)
}

// Fields of other managers stay unchanged.
func TestRollbackLeavesOthersFields(t *testing.T) {
	server := clientstest.Start(t, namespace("ns"))
	meta := owner("site-1")
	_, err := run(t, server, launch(meta, nil, deployment(meta, "x:1")))
	require.NoError(t, err)
	scaled, _ := server.Get("deployments", "ns", "site-1")
	require.NoError(t, unstructured.SetNestedField(scaled.Object, int64(3), "spec", "replicas"))
	server.Put(scaled)
	_, err = run(t, server, launch(meta, fails(), deployment(meta, "x:2")))
	require.ErrorContains(t, err, "the former objects were restored")
	after, _ := server.Get("deployments", "ns", "site-1")
	replicas, _, _ := unstructured.NestedInt64(after.Object, "spec", "replicas")
	require.EqualValues(t, 3, replicas)
	data, _ := after.MarshalJSON()
	require.Contains(t, string(data), "x:1")
}

func TestNoRollback(t *testing.T) {
	for name, tc := range map[string]struct {
		earlier bool
		change  func(*Plan)
	}{
		"of a first launch": {false, func(*Plan) {}},
		"when not wanted":   {true, func(p *Plan) { p.Rollback = false }},
	} {
		t.Run(name, func(t *testing.T) {
			server := clientstest.Start(t, namespace("ns"))
			meta := owner("site-1")
			if tc.earlier {
				_, err := run(t, server, launch(meta, nil, deployment(meta, "x:1")))
				require.NoError(t, err)
			}
			plan := launch(meta, fails(), deployment(meta, "x:2"))
			tc.change(&plan)
			_, err := run(t, server, plan)
			require.EqualError(t, err, "it does not start")
			after, _ := server.Get("deployments", "ns", "site-1")
			data, _ := after.MarshalJSON()
			require.Contains(t, string(data), "x:2")
		})
	}
}

// Objects of an earlier launch are found and deleted once the new ones work; objects of
// another command, and claims, stay.
func TestPrune(t *testing.T) {
	server := clientstest.Start(t, namespace("ns"))
	meta := owner("site-1")
	_, err := run(t, server, launch(meta, nil, kitSecret(meta, "a"), claim(meta), deployment(meta, "x:1")))
	require.NoError(t, err)
	injected := &Inventory{Owner: meta, Command: "inject", Objects: []workloads.Object{kitSecret(meta, "c")}}
	_, err = run(t, server, Plan{Steps: []Step{injected, &Apply{Stages: [][]workloads.Object{injected.Objects}}}})
	require.NoError(t, err)

	changes, err := run(t, server, launch(meta, nil, kitSecret(meta, "b"), deployment(meta, "x:1")))
	require.NoError(t, err)
	want := []string{
		"secret/" + kitSecret(meta, "b").Name + " created", "deployment.apps/site-1 unchanged", "secret/" + kitSecret(meta, "a").Name + " pruned",
	}
	require.Equal(t, want, verbs(changes))
	inventory, ok := server.Get("configmaps", "ns", InventoryName("site-1"))
	require.True(t, ok)
	left, _, err := unstructured.NestedStringMap(inventory.Object, "data")
	require.NoError(t, err)
	require.Equal(t, map[string]string{
		"Deployment.apps_site-1": "launch", "PersistentVolumeClaim_site-1-workspace": "launch",
		"Secret_" + kitSecret(meta, "b").Name: "launch", "Secret_" + kitSecret(meta, "c").Name: "inject",
	}, left)
	_, there := server.Get("persistentvolumeclaims", "ns", "site-1-workspace")
	require.True(t, there)
}

// A forged inventory leads to no object of anyone else.
func TestInventoriesAreNotBelieved(t *testing.T) {
	server := clientstest.Start(t, namespace("ns"))
	meta, other := owner("site-1"), owner("site-2")
	server.Put(&corev1.Secret{ObjectMeta: metav1.ObjectMeta{Name: "database", Namespace: "ns"}})
	server.Put(&corev1.ServiceAccount{ObjectMeta: metav1.ObjectMeta{Name: "theirs", Namespace: "ns"}})
	server.Put(kitSecret(other, "a"))
	server.Put(deployment(other, "x:1"))
	server.Put(&corev1.ConfigMap{ObjectMeta: of(meta, InventoryName("site-1")), Data: map[string]string{
		"Secret_database": "launch", "ServiceAccount_theirs": "launch", "Secret_" + kitSecret(other, "a").Name: "launch",
		"Deployment.apps_site-2": "launch", "Nonsense.example.org_x": "launch", "broken": "launch",
	}})
	changes, err := run(t, server, launch(meta, nil, deployment(meta, "x:1")))
	require.NoError(t, err)
	require.Equal(t, []string{"deployment.apps/site-1 created"}, verbs(changes))
	for _, w := range server.Writes() {
		require.False(t, strings.HasPrefix(w, "delete"), w)
	}
}

// A launch that changes nothing writes no inventory either.
func TestAnInventoryIsWrittenOnce(t *testing.T) {
	server := clientstest.Start(t, namespace("ns"))
	meta := owner("site-1")
	for range 2 {
		_, err := run(t, server, launch(meta, nil, account("site-1", "")))
		require.NoError(t, err)
	}
	writes := strings.Join(server.Writes(), "\n")
	require.Equal(t, 1, strings.Count(writes, "patch configmaps/"+InventoryName("site-1")))
}

func TestRemove(t *testing.T) {
	server := clientstest.Start(t, namespace("ns"), account("a", ""), account("b", ""), account("c", ""))
	server.Deny = func(verb, _, name string, _ bool) *apierrors.StatusError {
		if verb == "delete" && name == "a" {
			return apierrors.NewForbidden(schema.GroupResource{Resource: "serviceaccounts"}, name, errors.New("no"))
		}
		return nil
	}
	ref := func(name string) Ref { return Ref{GroupKind: schema.GroupKind{Kind: "ServiceAccount"}, Name: name} }
	all := [][]Ref{{ref("a")}, {ref("b"), ref("absent")}}
	_, err := run(t, server, Plan{Steps: []Step{&Remove{Stages: all}}})
	require.ErrorContains(t, err, "serviceaccount/a: ")
	require.Empty(t, server.Writes(), "nothing is deleted if one deletion would be denied")

	changes, err := run(t, server, Plan{Steps: []Step{&Remove{Stages: all, BestEffort: true}}})
	require.ErrorContains(t, err, "serviceaccount/a: ")
	require.Equal(t, []string{"delete serviceaccounts/b"}, server.Writes())
	require.Equal(t, []string{"serviceaccount/b deleted"}, verbs(changes))
}

// A user who may not delete objects can launch; the inventory still lists what stays.
func TestPruneWithoutTheRight(t *testing.T) {
	server := clientstest.Start(t, namespace("ns"))
	meta := owner("site-1")
	_, err := run(t, server, launch(meta, nil, kitSecret(meta, "a"), deployment(meta, "x:1")))
	require.NoError(t, err)
	server.Deny = func(verb, resource, name string, _ bool) *apierrors.StatusError {
		if verb == "delete" {
			return apierrors.NewForbidden(schema.GroupResource{Resource: resource}, name, errors.New("no"))
		}
		return nil
	}
	changes, err := run(t, server, launch(meta, nil, kitSecret(meta, "b"), deployment(meta, "x:1")))
	require.NoError(t, err)
	require.Equal(t, []string{"secret/" + kitSecret(meta, "b").Name + " created", "deployment.apps/site-1 unchanged"}, verbs(changes))
	inventory, _ := server.Get("configmaps", "ns", InventoryName("site-1"))
	left, _, _ := unstructured.NestedStringMap(inventory.Object, "data")
	require.Contains(t, left, "Secret_"+kitSecret(meta, "a").Name)
}
