package delete

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"

	rbacv1 "k8s.io/api/rbac/v1"
	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/apis/meta/v1/unstructured"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/metadata"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// kind is one kind of object that launch creates.
type kind struct {
	resource  schema.GroupVersionResource
	groupKind schema.GroupKind
	data      bool // it holds the results of training
	// launched says that launchers create it, which the participants' labels do not show.
	launched bool
	// forbidden says that a user who may not list it has none: such users do not create it.
	forbidden bool
}

// kinds are in the order of their deletion: first what uses the others.
func kinds() []kind {
	of := func(group, resource, name string) kind {
		return kind{
			resource:  schema.GroupVersionResource{Group: group, Version: "v1", Resource: resource},
			groupKind: schema.GroupKind{Group: group, Kind: name},
		}
	}
	claims := of("", "persistentvolumeclaims", "PersistentVolumeClaim")
	claims.data = true
	pods, bindings, roles := of("", "pods", "Pod"), of(rbacv1.GroupName, "rolebindings", "RoleBinding"), of(rbacv1.GroupName, "roles", "Role")
	pods.launched, bindings.forbidden, roles.forbidden = true, true, true
	return []kind{
		of("apps", "deployments", "Deployment"), of("batch", "cronjobs", "CronJob"), pods, of("", "services", "Service"), bindings, roles,
		of("", "serviceaccounts", "ServiceAccount"), of("", "configmaps", "ConfigMap"), of("", "secrets", "Secret"), claims,
	}
}

// object is one object of a participant in the cluster.
type object struct {
	kind
	name        string
	uid         *types.UID // nil: any object with the name
	participant string
	federation  string
	framework   string
	role        kit.Role
	digest      string // of the kit that it was created for
	volume      string // the kit's place, if it is not in a Secret
}

// display is the object as kubectl prints it: "deployment.apps/site-1".
func (o object) display() string {
	return strings.ToLower(o.groupKind.String()) + "/" + o.name
}

// stub is the object for machines: only its name is known.
func (o object) stub(namespace string) *unstructured.Unstructured {
	u := &unstructured.Unstructured{}
	u.SetGroupVersionKind(o.groupKind.WithVersion(o.resource.Version))
	u.SetNamespace(namespace)
	u.SetName(o.name)
	return u
}

// ref is the object as the engine deletes it.
func (o object) ref() engine.Ref {
	ref := engine.Ref{GroupKind: o.groupKind, Name: o.name}
	if o.uid != nil {
		ref.UID = *o.uid
	}
	return ref
}

// find lists the participants' objects by their metadata: a user does not have to see a
// key to delete it.
func (o *Options) find(ctx context.Context, client metadata.Interface) ([]object, error) {
	var found []object
	for _, k := range kinds() {
		if k.launched {
			continue
		}
		list, err := client.Resource(k.resource).Namespace(o.namespace).List(ctx, metav1.ListOptions{LabelSelector: participants.Selector})
		if apierrors.IsForbidden(err) && k.resource.Resource == "secrets" {
			found = append(found, kitSecrets(k, found)...)
			continue
		}
		if apierrors.IsForbidden(err) && k.forbidden {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, item := range list.Items {
			name := participants.TrueName(&item)
			if !slices.ContainsFunc(o.Participants, func(arg string) bool { return participants.Matches(name, arg) }) {
				continue
			}
			if keeper := engine.Keeper(&item); keeper != "" {
				_, _ = fmt.Fprintf(o.ErrOut, "Note: %s belongs to %s, which would make it again, so it stays: delete it there\n", object{kind: k, name: item.Name}.display(), keeper)
				continue
			}
			found = append(found, object{
				kind: k, name: item.Name, participant: name, uid: &item.UID, federation: item.Annotations[names.AnnotationFederation],
				framework: item.Labels[names.LabelFramework], role: kit.Role(item.Labels[names.LabelRole]),
				digest: item.Annotations[names.AnnotationKitDigest], volume: item.Annotations[names.AnnotationKitVolume],
			})
		}
	}
	inventories, err := o.inventories(ctx, found)
	if err != nil {
		return nil, err
	}
	found = o.exact(found, inventories)
	listed, err := o.findListed(ctx, found, inventories)
	if err != nil {
		return nil, err
	}
	found = append(found, listed...)
	launched, err := o.findLaunched(ctx, client, found)
	if err != nil {
		return nil, err
	}
	found = append(found, launched...)
	shared, err := o.findShared(ctx, client, found)
	return append(found, shared...), err
}

// remove deletes the objects, also if one of them cannot be deleted.
func (o *Options) remove(ctx context.Context, found []object) error {
	going := slices.DeleteFunc(slices.Clone(found), o.keeps)
	if o.printer.DryRun.Client() {
		return o.show(going)
	}
	reporter := engine.NewReporter(o.printer, o.IOStreams)
	e := engine.Engine{Reporter: reporter}
	changes, err := e.Carry(ctx, o.plan(going), o.printer.DryRun.Server())
	return errors.Join(err, reporter.Print(changes))
}

func (o *Options) plan(going []object) engine.Plan {
	stages, inventories := stages(going)
	return engine.Plan{
		Target: engine.Target{Clients: o.clients, Namespace: o.namespace},
		Steps:  []engine.Step{&engine.Remove{Stages: stages, Last: inventories, BestEffort: true}},
	}
}

// stages are the objects by kind, first what uses the others. Inventories are last: they
// show what remains to be deleted if something fails.
func stages(going []object) (stages [][]engine.Ref, inventories []engine.Ref) {
	stages = make([][]engine.Ref, len(kinds())+1)
	for _, obj := range going {
		if isInventory(obj) {
			inventories = append(inventories, obj.ref())
			continue
		}
		i := 1 + slices.IndexFunc(kinds(), func(k kind) bool { return k.groupKind == obj.groupKind })
		stages[i] = append(stages[i], obj.ref())
	}
	return stages, inventories
}

// show prints what would be deleted, without checking whether it can be.
func (o *Options) show(going []object) error {
	stubs := make([]workloads.Object, 0, len(going))
	for _, obj := range going {
		stubs = append(stubs, obj.stub(o.namespace))
	}
	return o.printer.Removals(o.IOStreams, stubs)
}

func (o *Options) keeps(obj object) bool { return obj.data && !o.DeleteData }

// reportKept lists the participants' objects that stay.
func (o *Options) reportKept(found []object) {
	for _, obj := range found {
		if o.keeps(obj) {
			_, _ = fmt.Fprintf(o.printer.Progress(o.IOStreams), "%s kept, with its data (--delete-data deletes it)%s\n", obj.display(), o.printer.DryRun.Suffix())
		}
	}
}
