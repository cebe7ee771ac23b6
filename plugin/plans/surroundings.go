package plans

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"
	"k8s.io/client-go/kubernetes"

	"github.com/kubectl-flare/kubectl-flare/plugin/engine"
	"github.com/kubectl-flare/kubectl-flare/plugin/workloads"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
	"github.com/kubectl-flare/kubectl-flare/policies/names"
)

// surroundings is the step that finds problems around a participant before anything is
// written.
type surroundings struct{ launch *Launch }

// Rehearse implements engine.Step.
func (a *surroundings) Rehearse(ctx context.Context, s *engine.Session) error {
	typed, err := s.Clients.Typed()
	if err != nil {
		return err
	}
	if namespace := a.launch.Namespace; namespace != nil && namespace.Labels[names.LabelSitePolicy] == "" {
		s.Reporter.Warn("namespace %q is not governed: nothing checks what runs next to the data", s.Namespace)
	}
	if err := a.launch.checkExisting(ctx, typed, s.Namespace); err != nil {
		return err
	}
	if err := a.launch.checkServer(ctx, typed, s.Namespace); err != nil {
		return err
	}
	k := a.launch.kit
	host := workloads.ParseHost(k.Dials().Host, a.launch.Participant.ClusterDomain)
	if k.Role == kit.RoleServer || a.launch.ServerComes || host.Kind != workloads.HostBare || a.launch.Participant.ServerNamespace != "" || len(a.launch.Participant.ServerAddresses) > 0 {
		return nil
	}
	_, err = typed.CoreV1().Services(s.Namespace).Get(ctx, host.Service, metav1.GetOptions{})
	if apierrors.IsNotFound(err) {
		return fmt.Errorf("%q dials its server as %q, and namespace %q has no Service of that name: if the server runs in this cluster, give its namespace with --server-namespace NS, or launch it in %q first; if it runs outside of the cluster, give its IP address with --server-address IP",
			k.Participant, host.Service, s.Namespace, s.Namespace)
	}
	return err
}

// Run implements engine.Step.
func (a *surroundings) Run(context.Context, *engine.Session) error { return nil }

// checkExisting is an error if something is not there that the site is said to have itself.
func (l *Launch) checkExisting(ctx context.Context, typed kubernetes.Interface, namespace string) error {
	core := typed.CoreV1()
	if claim := l.Participant.Storage.Claim; claim != "" {
		if _, err := core.PersistentVolumeClaims(namespace).Get(ctx, claim, metav1.GetOptions{}); apierrors.IsNotFound(err) {
			return fmt.Errorf("namespace %q has no PersistentVolumeClaim %q for the workspace of %q: create it, or leave storage.claim out for a new one", namespace, claim, l.kit.Participant)
		}
	}
	for _, name := range l.Participant.ExistingServices {
		if _, err := core.Services(namespace).Get(ctx, name, metav1.GetOptions{}); apierrors.IsNotFound(err) {
			return fmt.Errorf("namespace %q has no Service %q for %q: create it, or leave it out of existingServices for a new one", namespace, name, l.kit.Participant)
		}
	}
	return nil
}
