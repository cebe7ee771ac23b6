//go:build linux

package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/spf13/cobra"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/build"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/child"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/cluster"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/debian"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/registry"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/step"
)

// bootTime is how long a cluster may take until pods can run.
const bootTime = 3 * time.Minute

type upOptions struct {
	clusters int
	step.Reporter
}

func newUp() *cobra.Command {
	o := &upOptions{}
	cmd := &cobra.Command{
		Use:   "up",
		Short: "Start the lab's clusters",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			o.Out = cmd.OutOrStdout()
			if o.clusters < 1 || o.clusters > cluster.Max {
				return fmt.Errorf("--clusters %d: give a number from 1 to %d", o.clusters, cluster.Max)
			}
			return o.run(cmd.Context())
		},
	}
	cmd.Flags().IntVar(&o.clusters, "clusters", 1, "Number of clusters")
	return cmd
}

func (o *upOptions) run(ctx context.Context) error {
	start := time.Now()
	if missing := debian.Missing(); len(missing) > 0 {
		if err := o.Do("install "+strings.Join(missing, ", "), func() error { return debian.Install(missing) }); err != nil {
			return err
		}
	}
	if err := o.build(); err != nil {
		return err
	}
	if err := o.startRegistry(ctx); err != nil {
		return err
	}
	certManager, err := build.ModuleDir("github.com/cert-manager/cert-manager")
	if err != nil {
		return err
	}
	clusters := cluster.All(o.clusters)
	for _, c := range clusters {
		if err := o.startCluster(ctx, c, certManager); err != nil {
			return err
		}
	}
	if err := cluster.WriteKubeconfig(clusters); err != nil {
		return err
	}
	o.Note("the lab is up after %.1fs; for the plugin and kubectl: export KUBECONFIG=%s", time.Since(start).Seconds(), cluster.Kubeconfig)
	return nil
}

func (o *upOptions) build() error {
	modules, err := build.Modules()
	if err != nil {
		return err
	}
	if err := os.MkdirAll(paths.Bin, 0o755); err != nil {
		return err
	}
	if err := installLab(); err != nil {
		return err
	}
	for _, b := range build.Binaries() {
		cached, err := b.Cached(modules)
		if err != nil {
			return err
		}
		if _, err := os.Stat(cached); err != nil {
			if err := o.Do("build "+b.Name, func() error { return b.Build(modules) }); err != nil {
				return err
			}
		}
		if err := b.Link(modules); err != nil {
			return err
		}
	}
	return nil
}

// installLab copies this program to where machines run it from: `go run` removes
// its own. A copy that runs already stays.
func installLab() error {
	self, err := os.ReadFile("/proc/self/exe")
	if err != nil {
		return err
	}
	if old, err := os.ReadFile(paths.Lab); err == nil && string(old) == string(self) {
		return nil
	}
	if err := os.WriteFile(paths.Lab+".new", self, 0o755); err != nil {
		return err
	}
	return os.Rename(paths.Lab+".new", paths.Lab)
}

func (o *upOptions) startRegistry(ctx context.Context) error {
	m, err := registry.Machine()
	if err != nil {
		return err
	}
	return o.Do("start the image registry "+registry.Host, func() error {
		if err := registry.WriteCredentials(); err != nil {
			return err
		}
		if err := m.Start(); err != nil {
			return err
		}
		return pushPause(ctx, m.Dir())
	})
}

// pushPause also waits for the registry to serve.
func pushPause(ctx context.Context, dir string) error {
	layer := filepath.Join(dir, "pause.tar")
	tar := child.Command(ctx, "tar", "--create", "--dereference", "--mtime=@0", "--file", layer, "--directory", paths.Bin, "pause")
	if out, err := tar.CombinedOutput(); err != nil {
		return fmt.Errorf("tar: %w: %s", err, out)
	}
	_, name, _ := strings.Cut(registry.Pause, "/")
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		_, err := registry.Push(ctx, registry.Image{Name: name, Layers: []string{layer}, Cmd: []string{"/pause"}})
		if err == nil || time.Now().After(deadline) || ctx.Err() != nil {
			return err
		}
	}
}

func (o *upOptions) startCluster(ctx context.Context, c cluster.Cluster, certManager string) error {
	ctx, cancel := context.WithTimeout(ctx, bootTime)
	defer cancel()
	m := c.Machine()
	if err := o.Do(fmt.Sprintf("start cluster %s, Kubernetes %s", c.Name(), build.Kubernetes), func() error {
		if err := c.Prepare(); err != nil {
			return err
		}
		return m.Start()
	}); err != nil {
		return err
	}
	if err := o.Do(c.Name()+": API server at "+c.Server(), func() error { return c.AwaitAPI(ctx, certManager) }); err != nil {
		return err
	}
	return o.Do(c.Name()+": node ready", func() error { return c.AwaitNode(ctx) })
}
