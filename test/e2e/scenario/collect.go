package scenario

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
)

// CollectJobPods runs the CronJob of a manifest once at the first site, for job pods that have
// just ended, and says which job pods are left.
func (g *Governed) CollectJobPods(ctx context.Context, manifest string) (string, error) {
	site := g.Parents()[1]
	get := func(what string) (string, error) {
		return Must(ctx, nil, g.Kubectl, "get", "networkpolicy", "flare-launcher-"+site.Object, "-n", site.Namespace, "-o", "jsonpath={.spec.egress[0]."+what+"}")
	}
	cidr, err := get("to[0].ipBlock.cidr")
	if err != nil {
		return "", err
	}
	port, err := get("ports[0].port")
	if err != nil {
		return "", err
	}
	manifest = strings.NewReplacer("registry.example.org/nvflare:2.9.0", g.Image, "192.0.2.1/32", cidr, "6443", port, `"24"`, `"0"`).Replace(manifest)
	file := filepath.Join(g.Dir, "collect.yaml")
	if err := os.WriteFile(file, []byte(manifest), 0o600); err != nil {
		return "", err
	}
	for _, words := range []string{"apply -f " + file, "create job collect --from=cronjob/finished-job-pods", "wait job/collect --for=condition=Complete --timeout=60s"} {
		argv := append([]string{g.Kubectl, "-n", site.Namespace}, strings.Fields(words)...)
		if _, err := Must(ctx, g.Say, argv...); err != nil {
			return "", fmt.Errorf("the CronJob: %w", err)
		}
	}
	return Must(ctx, nil, g.Kubectl, "get", "pods", "-n", site.Namespace, "-l", "kubectl-flare.dev/role=job", "-o", "name")
}
