package up

import (
	"context"
	"errors"
	"slices"

	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

	"github.com/kubectl-flare/kubectl-flare/plugin/clients"
	"github.com/kubectl-flare/kubectl-flare/plugin/delete"
	"github.com/kubectl-flare/kubectl-flare/plugin/federation"
	"github.com/kubectl-flare/kubectl-flare/plugin/participants"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// deleteOthers deletes the participants that the federation has in its namespaces and not any
// more in its list.
func (o *Options) deleteOthers(ctx context.Context, f *federation.Federation, all []member) error {
	var errs []error
	for at, there := range sites(all) {
		errs = append(errs, o.deleteOthersAt(ctx, f, at, there[0].clients))
	}
	return errors.Join(errs...)
}

func (o *Options) deleteOthersAt(ctx context.Context, f *federation.Federation, at place, c clients.Clients) error {
	others, err := othersAt(ctx, f, at, c)
	if err != nil || len(others) == 0 {
		return err
	}
	d := delete.New(c, o.known.Workloads, o.printer, o.IOStreams)
	return d.Delete(ctx, at.namespace, others)
}

// othersAt are the participants of the federation in a namespace that its file does not list.
func othersAt(ctx context.Context, f *federation.Federation, at place, c clients.Clients) ([]string, error) {
	there, err := launched(ctx, c, at.namespace, f.Name)
	return slices.DeleteFunc(there, func(name string) bool {
		return slices.ContainsFunc(f.Spec.Participants, func(p federation.Participant) bool { return p.Name == name })
	}), err
}

// launched are the participants of a federation in a namespace: those that run, and those of
// which an inventory says that objects were made, such as an injected kit.
func launched(ctx context.Context, c clients.Clients, namespace, federation string) ([]string, error) {
	typed, err := c.Typed()
	if err != nil {
		return nil, err
	}
	all, err := participants.List(ctx, typed, namespace)
	if err != nil {
		return nil, err
	}
	var found []string
	for _, p := range all {
		if p.Federation == federation {
			found = append(found, p.Name)
		}
	}
	for _, one := range inventories(ctx, c, namespace) {
		if one.federation == federation && !slices.Contains(found, one.participant) {
			found = append(found, one.participant)
		}
	}
	slices.Sort(found)
	return found, nil
}

// withData are the participants of a federation that have a workspace in the namespace, even
// if they do not run any more.
func withData(ctx context.Context, c clients.Clients, namespace, federation string) ([]string, error) {
	typed, err := c.Typed()
	if err != nil {
		return nil, err
	}
	claims, err := typed.CoreV1().PersistentVolumeClaims(namespace).List(ctx, metav1.ListOptions{LabelSelector: participants.Selector})
	if err != nil {
		return nil, err
	}
	var found []string
	for i := range claims.Items {
		if claims.Items[i].Annotations[names.AnnotationFederation] == federation {
			found = append(found, participants.TrueName(&claims.Items[i]))
		}
	}
	return found, nil
}
