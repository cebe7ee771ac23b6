//go:build linux

package cluster

import (
	"context"
	"fmt"
	"path/filepath"
	"strings"
	"time"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/child"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
)

// Kubectl runs the lab's own kubectl as the cluster's admin and returns what it
// printed.
func (c Cluster) Kubectl(ctx context.Context, args ...string) (string, error) {
	cmd := child.Command(ctx, filepath.Join(paths.Bin, "kubectl"), append([]string{"--kubeconfig", c.kubeconfig("admin")}, args...)...)
	// No proxy, no kubeconfig and no cache of the user's.
	cmd.Env = []string{"PATH=/usr/bin:/bin", "HOME=" + c.dir()}
	out, err := cmd.CombinedOutput()
	if err != nil {
		return string(out), fmt.Errorf("kubectl %s: %w: %s", strings.Join(args, " "), err, out)
	}
	return string(out), nil
}

// AwaitAPI waits until the API server serves, and gives the cluster what every
// cluster of the lab has: a StorageClass, rights for its own parts, and
// cert-manager's kinds, whose definitions lie in a folder of its module.
func (c Cluster) AwaitAPI(ctx context.Context, certManager string) error {
	if err := c.retry(ctx, "get", "--raw", "/readyz"); err != nil {
		return err
	}
	args := []string{"apply", "--server-side", "--force-conflicts", "-f", c.dir("bootstrap.yaml")}
	for _, kind := range []string{"certificaterequests", "certificates", "clusterissuers", "issuers"} {
		args = append(args, "-f", filepath.Join(certManager, "deploy", "crds", "cert-manager.io_"+kind+".yaml"))
	}
	return c.retry(ctx, args...)
}

// AwaitNode waits until pods can run: the node is ready and the default
// ServiceAccount is there.
func (c Cluster) AwaitNode(ctx context.Context) error {
	if err := c.retry(ctx, "wait", "--for=create", "node/"+c.node(), "--timeout=5s"); err != nil {
		return err
	}
	if err := c.retry(ctx, "wait", "--for=condition=Ready", "node/"+c.node(), "--timeout=5s"); err != nil {
		return err
	}
	return c.retry(ctx, "get", "serviceaccount", "default", "--namespace=default")
}

// retry runs kubectl until it succeeds or the time is over; the last failure says
// why.
func (c Cluster) retry(ctx context.Context, args ...string) error {
	for {
		_, err := c.Kubectl(ctx, args...)
		if err == nil {
			return nil
		}
		select {
		case <-ctx.Done():
			return fmt.Errorf("%w (logs of the cluster's parts: %s)", err, c.dir("log"))
		case <-time.After(100 * time.Millisecond):
		}
	}
}
