package scenario

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// Rotate makes a kit with a new key for the second site, and the SuperLink's with it. It returns the
// site's former kit.
func (f *Flower) Rotate(ctx context.Context) (former string, err error) {
	former = filepath.Join(f.Dir, "former", Site2)
	if err := os.CopyFS(former, os.DirFS(f.Kit(Site2))); err != nil {
		return "", err
	}
	if err := f.provision(ctx, "--renew", Site2); err != nil {
		return "", err
	}
	return former, errors.Join(f.seal(ctx, f.Kit(Server)), f.seal(ctx, f.Kit(Site2)))
}

// LaunchSite2 launches the second site with a kit, and leaves it as it is if that fails.
func (f *Flower) LaunchSite2(ctx context.Context, kit string) error {
	return f.launchKit(ctx, Site2, kit, f.Site2Namespace(), "--rollback=false")
}

// LaunchTwin launches the first site, which is online, once more elsewhere, ends the wait early, and
// takes the twin away. It returns what launch said.
func (f *Flower) LaunchTwin(ctx context.Context) (said, err error) {
	namespace := f.Prefix + "-twin"
	if err := f.addNamespace(ctx, f.Prefix, namespace); err != nil {
		return nil, err
	}
	said = f.launchKit(ctx, Site1, f.Kit(Site1), namespace, "--timeout=40s", "--rollback=false")
	_, err = Must(ctx, f.Say, f.Kubectl, "delete", "deployments", "--all", "-n", namespace)
	return said, err
}

// RemoveKeys has the scientist remove the keys of SuperNodes that are offline, with Flower's own
// program, and starts the SuperLink again, which finds them removed.
func (f *Flower) RemoveKeys(ctx context.Context) error {
	const job = "remove-keys"
	in := func(words ...string) []string { return append(words, "-n", f.ServerNamespace()) }
	cron, err := Must(ctx, nil, in(f.Kubectl, "get", "cronjobs", "-o", "name")...)
	if err != nil {
		return err
	}
	if _, err := Must(ctx, f.Say, in(f.Kubectl, "create", "job", job, "--from="+strings.TrimSpace(cron))...); err != nil {
		return err
	}
	if _, err := Must(ctx, f.Say, in(f.Kubectl, "wait", "--for=jsonpath={.status.ready}=1", "--timeout=2m", "job/"+job)...); err != nil {
		return err
	}
	err = f.removeOffline(ctx, "job/"+job)
	_, deleted := Must(ctx, f.Say, in(f.Kubectl, "delete", "job", job, "--wait=false")...)
	if err = errors.Join(err, deleted); err != nil {
		return err
	}
	if _, err := Must(ctx, f.Say, in(f.Kubectl, "delete", "pods", "-l", "kubectl-flare.dev/role=server")...); err != nil {
		return err
	}
	_, err = Must(ctx, f.Say, in(f.Kubectl, "rollout", "status", "deployment/"+Server, "--timeout=3m")...)
	return err
}

func (f *Flower) removeOffline(ctx context.Context, pod string) error {
	flwr := func(words ...string) (string, error) {
		argv := []string{f.Kubectl, "exec", "-n", f.ServerNamespace(), pod, "-c", "flwr", "--", "flwr", "supernode"}
		return Must(ctx, nil, append(append(argv, words...), "federation", "--format", "json")...)
	}
	out, err := flwr("list")
	if err != nil {
		return err
	}
	var list struct {
		Nodes []struct {
			ID     json.Number `json:"node-id"`
			Status string      `json:"status"`
		} `json:"nodes"`
	}
	if err := json.Unmarshal([]byte(out), &list); err != nil {
		return err
	}
	removed := 0
	for _, node := range list.Nodes {
		if node.Status != "offline" {
			continue
		}
		removed++
		if _, err := flwr("unregister", node.ID.String()); err != nil {
			return err
		}
	}
	if removed != 1 {
		return fmt.Errorf("%d SuperNodes are offline: %s", removed, out)
	}
	return nil
}
