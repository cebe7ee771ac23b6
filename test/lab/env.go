//go:build linux

package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/spf13/cobra"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/build"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/cluster"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/flower"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/nvflare"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/product"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/python"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/registry"
)

func newEnv() *cobra.Command {
	return &cobra.Command{
		Use:   "env",
		Short: "Print the environment for the plugin and the tests, as shell exports",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			if _, err := os.Stat(cluster.Kubeconfig); err != nil {
				return fmt.Errorf("the lab is not up: run `go run ./test/lab up` (%w)", err)
			}
			out := cmd.OutOrStdout()
			fmt.Fprintf(out, "export KUBECONFIG=%s\n", cluster.Kubeconfig)
			fmt.Fprintf(out, "export KUBEBUILDER_ASSETS=%s\n", paths.Bin)
			fmt.Fprintf(out, "export FLARE_LAB=%s\n", paths.Lab)
			fmt.Fprintf(out, "export FLARE_LAB_KUBERNETES=%s\n", build.Kubernetes)
			fmt.Fprintf(out, "export FLARE_LAB_NVFLARE=%s\n", nvflare.Version)
			// DNS is a process of each node, not a pod.
			fmt.Fprintf(out, "export FLARE_LAB_DNS_CIDR=%s/32\n", cluster.All(1)[0].Address())
			fmt.Fprintf(out, "export FLARE_LAB_PRIVATE_REGISTRY=%s\n", registry.Private)
			fmt.Fprintf(out, "export FLARE_LAB_PRIVATE_REGISTRY_USER=%s\n", registry.User)
			fmt.Fprintf(out, "export FLARE_LAB_PRIVATE_REGISTRY_PASSWORD=%s\n", registry.Password)
			if reference, ok := nvflare.Program(nvflare.Version).Find(cmd.Context()); ok {
				fmt.Fprintf(out, "export FLARE_LAB_IMAGE=%s\n", reference)
			}
			exportFlower(cmd.Context(), out, "GRPC", flower.Program(flower.GRPC))
			exportFlower(cmd.Context(), out, "HTTP", flower.Program(flower.HTTP))
			for _, program := range product.Programs() {
				if reference, ok := registry.Find(cmd.Context(), program+":"+product.Tag); ok {
					variable := strings.ToUpper(strings.ReplaceAll(program, "-", "_"))
					fmt.Fprintf(out, "export %s_IMAGE=%s\n", variable, reference)
				}
			}
			return nil
		},
	}
}

// exportFlower exports the version of Flower of a dialect, and its image if the registry has
// it.
func exportFlower(ctx context.Context, out io.Writer, dialect string, program python.Program) {
	fmt.Fprintf(out, "export FLARE_LAB_FLOWER_%s=%s\n", dialect, program.Version)
	if reference, ok := program.Find(ctx); ok {
		fmt.Fprintf(out, "export FLARE_LAB_FLOWER_%s_IMAGE=%s\n", dialect, reference)
	}
}
