package scenario

import (
	"context"
	"fmt"
	"strings"
)

// label marks the namespaces of scenarios.
const label = "kubectl-flare.dev/scenario"

// CreateNamespaces makes empty namespaces under Pod Security "restricted".
// Namespaces of the same names that an earlier run left are deleted first.
func (e Env) CreateNamespaces(ctx context.Context, scenario string, names ...string) error {
	_, err := Must(ctx, nil, e.Kubectl, "delete", "namespace", "--selector", label+"="+scenario, "--wait", "--timeout=2m")
	if err != nil {
		return fmt.Errorf("namespaces of an earlier run: %w", err)
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

// LeaveNamespaces deletes a scenario's namespaces and waits until their pods are gone, so that
// others have room. The rest of a namespace takes longer: AwaitDeletion is for all of them.
func (e Env) LeaveNamespaces(ctx context.Context, scenario string) error {
	out, err := Must(ctx, nil, e.Kubectl, "get", "namespaces", "--selector", label+"="+scenario, "-o", "jsonpath={.items[*].metadata.name}")
	if err != nil {
		return err
	}
	if _, err := Must(ctx, nil, e.Kubectl, "delete", "namespace", "--selector", label+"="+scenario, "--wait=false"); err != nil {
		return err
	}
	for name := range strings.FieldsSeq(out) {
		if _, err := Must(ctx, nil, e.Kubectl, "wait", "--for=delete", "pods", "--all", "-n", name, "--timeout=2m"); err != nil {
			return err
		}
	}
	return nil
}

// AwaitDeletion waits until all namespaces that scenarios have left are gone.
func (e Env) AwaitDeletion(ctx context.Context) error {
	out, err := Must(ctx, nil, e.Kubectl, "get", "namespaces", "--selector", label, "--field-selector", "status.phase=Terminating", "-o", "name")
	if err != nil || out == "" {
		return err
	}
	argv := append([]string{e.Kubectl, "wait", "--for=delete", "--timeout=2m"}, strings.Fields(out)...)
	_, err = Must(ctx, nil, argv...)
	return err
}

// ObjectsOf are the names of all objects of a namespace but for its events.
func (e Env) ObjectsOf(ctx context.Context, namespace string) ([]string, error) {
	kinds, err := Must(ctx, nil, e.Kubectl, "api-resources", "--namespaced", "--verbs=list", "-o", "name")
	if err != nil {
		return nil, err
	}
	var names []string
	for kind := range strings.FieldsSeq(kinds) {
		if !strings.HasPrefix(kind, "events") {
			names = append(names, kind)
		}
	}
	out, err := Must(ctx, nil, e.Kubectl, "get", strings.Join(names, ","), "-n", namespace, "-o", "name")
	return strings.Fields(out), err
}
