package delete

import (
	"context"
	"fmt"
	"slices"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/apimachinery/pkg/runtime/schema"
	"k8s.io/apimachinery/pkg/types"
	"k8s.io/client-go/metadata"
	cmdutil "k8s.io/kubectl/pkg/cmd/util"

	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// kind is one kind of object that launch makes.
type kind struct {
	resource schema.GroupVersionResource
	singular string
	data     bool // holds what training has produced
}

// kinds are in the order in which they go: first what uses the others.
func kinds() []kind {
	core := func(resource string) schema.GroupVersionResource {
		return schema.GroupVersionResource{Version: "v1", Resource: resource}
	}
	return []kind{
		{resource: schema.GroupVersionResource{Group: "apps", Version: "v1", Resource: "deployments"}, singular: "deployment.apps"},
		{resource: schema.GroupVersionResource{Group: "batch", Version: "v1", Resource: "cronjobs"}, singular: "cronjob.batch"},
		{resource: core("services"), singular: "service"},
		{resource: core("serviceaccounts"), singular: "serviceaccount"},
		{resource: core("configmaps"), singular: "configmap"},
		{resource: core("secrets"), singular: "secret"},
		{resource: core("persistentvolumeclaims"), singular: "persistentvolumeclaim", data: true},
	}
}

// object is something of a participant's in the cluster.
type object struct {
	kind
	name        string
	uid         *types.UID // nil: whatever has the name
	participant string
	digest      string // of the kit that it was made for
	volume      string // where that kit lies, if not in a Secret
}

// find lists what the participants have, by metadata alone: nobody has to see a
// key in order to delete it.
func (o *Options) find(ctx context.Context, client metadata.Interface) ([]object, error) {
	var found []object
	for _, k := range kinds() {
		list, err := client.Resource(k.resource).Namespace(o.namespace).List(ctx, metav1.ListOptions{LabelSelector: participants.Selector})
		if apierrors.IsForbidden(err) && k.resource.Resource == "secrets" {
			found = append(found, kitSecrets(k, found)...)
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
			found = append(found, object{
				kind: k, name: item.Name, participant: name, uid: &item.UID,
				digest: item.Annotations[names.AnnotationKitDigest], volume: item.Annotations[names.AnnotationKitVolume],
			})
		}
	}
	shared, err := o.findShared(ctx, client, found)
	return append(found, shared...), err
}

// remove deletes one object, or says why it stays.
func (o *Options) remove(ctx context.Context, client metadata.Interface, obj object) error {
	if obj.data && !o.DeleteData {
		_, err := fmt.Fprintf(o.Out, "%s/%s kept, with the data in it (--delete-data deletes it)%s\n", obj.singular, obj.name, o.suffix())
		return err
	}
	if o.dryRun != cmdutil.DryRunClient {
		// Background: a Deployment that lingers until its pod is gone would be
		// in the way of the next launch.
		opts := metav1.DeleteOptions{PropagationPolicy: new(metav1.DeletePropagationBackground), Preconditions: &metav1.Preconditions{UID: obj.uid}}
		if o.dryRun == cmdutil.DryRunServer {
			opts.DryRun = []string{metav1.DryRunAll}
		}
		err := client.Resource(obj.resource).Namespace(o.namespace).Delete(ctx, obj.name, opts)
		if apierrors.IsNotFound(err) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("%s/%s: %w", obj.singular, obj.name, err)
		}
	}
	_, err := fmt.Fprintf(o.Out, "%s/%s deleted%s\n", obj.singular, obj.name, o.suffix())
	return err
}

func (o *Options) suffix() string {
	switch o.dryRun {
	case cmdutil.DryRunNone:
	case cmdutil.DryRunClient:
		return " (dry run)"
	case cmdutil.DryRunServer:
		return " (server dry run)"
	}
	return ""
}
