//go:build linux

package main

import (
	"context"
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/nvflare"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/registry"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/step"
)

func newPush() *cobra.Command {
	version := nvflare.Version
	cmd := &cobra.Command{
		Use:   "push",
		Short: "Build the NVFLARE image, push it to the lab's registry, print it by digest",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			reference, err := push(cmd.Context(), step.Reporter{Out: cmd.ErrOrStderr()}, version)
			if err != nil {
				return err
			}
			fmt.Fprintln(cmd.OutOrStdout(), reference)
			return nil
		},
	}
	addVersion(cmd, &version)
	return cmd
}

func addVersion(cmd *cobra.Command, version *string) {
	cmd.Flags().StringVar(version, "version", nvflare.Version, "Version of NVFLARE")
}

func push(ctx context.Context, report step.Reporter, version string) (string, error) {
	if reference, ok := registry.Find(ctx, nvflare.Name(version)); ok {
		return reference, nil
	}
	root, err := nvflare.EnsureRoot(ctx, report, version)
	if err != nil {
		return "", err
	}
	var reference string
	err = report.Do("push "+nvflare.Name(version), func() (err error) {
		reference, err = nvflare.Push(ctx, root, version)
		return err
	})
	return reference, err
}

func newNVFLARE() *cobra.Command {
	var version, dir string
	cmd := &cobra.Command{
		Use:   "nvflare --dir DIR ARGS...",
		Short: "Run NVFLARE's own command out of the image's root, with DIR as its /work",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := nvflare.EnsureRoot(cmd.Context(), step.Reporter{Out: cmd.ErrOrStderr()}, version)
			if err != nil {
				return err
			}
			return nvflare.Run(cmd.Context(), root, dir, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
		},
	}
	cmd.Flags().StringVar(&dir, "dir", ".", "Folder that the command sees as /work, its working directory")
	addVersion(cmd, &version)
	cmd.Flags().SetInterspersed(false)
	return cmd
}
