//go:build linux

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/nvflare"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/registry"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/step"
)

func newPush() *cobra.Command {
	return &cobra.Command{
		Use:   "push",
		Short: "Build the NVFLARE image, push it to the lab's registry, print it by digest",
		Args:  cobra.NoArgs,
		RunE: func(cmd *cobra.Command, _ []string) error {
			report := step.Reporter{Out: cmd.ErrOrStderr()}
			reference, ok := registry.Find(cmd.Context(), nvflare.Name())
			if !ok {
				root, err := nvflare.EnsureRoot(cmd.Context(), report)
				if err != nil {
					return err
				}
				if err := report.Do("push "+nvflare.Name(), func() (err error) {
					reference, err = nvflare.Push(cmd.Context(), root)
					return err
				}); err != nil {
					return err
				}
			}
			fmt.Fprintln(cmd.OutOrStdout(), reference)
			return nil
		},
	}
}

func newNVFLARE() *cobra.Command {
	var version string
	cmd := &cobra.Command{
		Use:   "nvflare --dir DIR ARGS...",
		Short: "Run NVFLARE's own command out of the image's root, with DIR as its /work",
		Args:  cobra.MinimumNArgs(1),
	}
	dir := cmd.Flags().String("dir", ".", "Folder that the command sees as /work, its working directory")
	cmd.Flags().StringVar(&version, "version", nvflare.Version, "Version of NVFLARE")
	cmd.Flags().SetInterspersed(false)
	cmd.RunE = func(cmd *cobra.Command, args []string) error {
		root, err := nvflare.EnsureRoot(cmd.Context(), step.Reporter{Out: cmd.ErrOrStderr()})
		if err != nil {
			return err
		}
		return nvflare.Run(cmd.Context(), root, version, *dir, args, cmd.OutOrStdout(), cmd.ErrOrStderr())
	}
	return cmd
}
