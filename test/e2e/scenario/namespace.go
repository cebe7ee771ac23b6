package scenario

import (
	"context"
	"fmt"
)

// label marks the namespaces of scenarios.
const label = "kubectl-flare.dev/scenario"

// CreateNamespaces makes empty namespaces under Pod Security "restricted".
// Namespaces of the same names that an earlier run left are deleted first.
func (e Env) CreateNamespaces(ctx context.Context, scenario string, names ...string) error {
	if err := e.DeleteNamespaces(ctx, scenario); err != nil {
		return err
	}
	for _, name := range names {
		if err := e.addNamespace(ctx, scenario, name); err != nil {
			return err
		}
	}
	return nil
}

// addNamespace makes one more namespace of a scenario.
func (e Env) addNamespace(ctx context.Context, scenario, name string) error {
	if _, err := Must(ctx, nil, e.Kubectl, "create", "namespace", name); err != nil {
		return err
	}
	_, err := Must(ctx, nil, e.Kubectl, "label", "namespace", name, label+"="+scenario, "pod-security.kubernetes.io/enforce=restricted")
	return err
}

// DeleteNamespaces deletes a scenario's namespaces and waits until they are gone.
func (e Env) DeleteNamespaces(ctx context.Context, scenario string) error {
	_, err := Must(ctx, nil, e.Kubectl, "delete", "namespace", "--selector", label+"="+scenario, "--wait", "--timeout=2m")
	if err != nil {
		return fmt.Errorf("the namespaces of %s: %w", scenario, err)
	}
	return nil
}
