//go:build linux

package main

import (
	"fmt"

	"github.com/spf13/cobra"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/flower"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/nvflare"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/product"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/step"
)

// flowerImages is the argument for the images of Flower, condaImage that for an image of NVFLARE
// whose PATH has no Python.
const (
	flowerImages = "flower"
	condaImage   = "nvflare-conda"
)

func newPush() *cobra.Command {
	version := nvflare.Version
	cmd := &cobra.Command{
		Use:       "push [PROGRAM]",
		Short:     "Build an image, NVFLARE's, those of Flower or that of a program of ours, push it to the lab's registry, print it by digest",
		ValidArgs: append(product.Programs(), flowerImages, condaImage),
		Args:      cobra.MatchAll(cobra.MaximumNArgs(1), cobra.OnlyValidArgs),
		RunE: func(cmd *cobra.Command, args []string) error {
			report := step.Reporter{Out: cmd.ErrOrStderr()}
			switch {
			case len(args) > 0 && args[0] == flowerImages:
				return pushFlower(cmd, report)
			case len(args) > 0 && args[0] == condaImage:
				return pushConda(cmd, report, version)
			case len(args) > 0:
				return pushProduct(cmd, report, args[0])
			}
			reference, err := nvflare.Program(version).EnsurePushed(cmd.Context(), report)
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

func pushProduct(cmd *cobra.Command, report step.Reporter, program string) error {
	var reference string
	err := report.Do("build and push "+program, func() (err error) {
		reference, err = product.Push(cmd.Context(), program)
		return err
	})
	if err == nil {
		fmt.Fprintln(cmd.OutOrStdout(), reference)
	}
	return err
}

func pushConda(cmd *cobra.Command, report step.Reporter, version string) error {
	reference, err := nvflare.PushConda(cmd.Context(), version, report)
	if err == nil {
		fmt.Fprintln(cmd.OutOrStdout(), reference)
	}
	return err
}

func addVersion(cmd *cobra.Command, version *string) {
	cmd.Flags().StringVar(version, "version", nvflare.Version, "Version of NVFLARE")
}

// pushFlower pushes all versions, and prints one reference a line.
func pushFlower(cmd *cobra.Command, report step.Reporter) error {
	for _, program := range flower.Programs() {
		reference, err := program.EnsurePushed(cmd.Context(), report)
		if err != nil {
			return err
		}
		fmt.Fprintln(cmd.OutOrStdout(), reference)
	}
	return nil
}

func newNVFLARE() *cobra.Command {
	var version, dir string
	cmd := &cobra.Command{
		Use:   "nvflare --dir DIR ARGS...",
		Short: "Run NVFLARE's own command out of the image's root, with DIR as its /work",
		Args:  cobra.MinimumNArgs(1),
		RunE: func(cmd *cobra.Command, args []string) error {
			root, err := nvflare.Program(version).EnsureRoot(cmd.Context(), step.Reporter{Out: cmd.ErrOrStderr()})
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
