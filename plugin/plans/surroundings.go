package plans

import (
	"context"
	"fmt"

	apierrors "k8s.io/apimachinery/pkg/api/errors"
	metav1 "k8s.io/apimachinery/pkg/apis/meta/v1"

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
	if err := a.launch.checkServer(ctx, typed, s.Namespace); err != nil {
		return err
	}
	k := a.launch.kit
	host := workloads.ParseHost(k.Dials().Host)
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
