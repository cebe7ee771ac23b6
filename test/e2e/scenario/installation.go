package scenario

import (
	"context"
	"sync"
)

// Installation is the webhook, as all scenarios of one run share it. Its zero value is ready.
type Installation struct {
	once sync.Once
	err  error
	by   *Env
}

// Ensure installs the webhook, unless another scenario has done so.
func (i *Installation) Ensure(ctx context.Context, e Env) error {
	i.once.Do(func() {
		i.by = &e
		i.err = (&Governed{Env: e}).Install(ctx)
	})
	return i.err
}

// Remove uninstalls the webhook, with what policies are left, if a scenario has installed it.
// It comes after all of them.
func (i *Installation) Remove(ctx context.Context) error {
	if i.by == nil {
		return nil
	}
	if _, err := Must(ctx, nil, i.by.Flare, "uninstall", "--delete-policies"); err != nil {
		return err
	}
	if _, err := Must(ctx, nil, i.by.Kubectl, "delete", "clusterrolebinding", scraper, "--ignore-not-found"); err != nil {
		return err
	}
	_, err := Must(ctx, nil, i.by.Kubectl, "wait", "--for=delete", "namespace/"+webhookNamespace, "--timeout=60s")
	return err
}

// Leave deletes a federation: its namespaces, as LeaveNamespaces does, its policies, and the
// rights of its attacker.
func (g *Governed) Leave(ctx context.Context) error {
	if err := g.LeaveNamespaces(ctx, g.Prefix); err != nil {
		return err
	}
	argv := append([]string{g.Kubectl, "delete", "sitepolicies.kubectl-flare.dev", "--ignore-not-found"}, g.Namespaces()...)
	if _, err := Must(ctx, nil, argv...); err != nil {
		return err
	}
	return g.SendEveHome(ctx)
}
