//go:build linux

// Package nvflare makes the NVFLARE image of the lab, without a container engine:
// a Debian root, Python packages from PyPI on top. The same root runs NVFLARE's
// own commands, such as `nvflare provision`.
package nvflare

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/child"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/registry"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/step"
)

// Version is the version of NVFLARE that the lab runs unless told otherwise.
const Version = "2.9.0"

const (
	suite    = "bookworm"
	packages = "usr/local/lib/python3.11/dist-packages"
	// Without libstdc++6 grpc does not load; NVFLARE calls zip.
	debs = "python3-minimal,libpython3-stdlib,ca-certificates,libstdc++6,zip"
)

// recipe lists the commands that make a root; its digest names the root and the
// image's tag. The wheels are those for the image's Python, whatever the host's
// is.
func recipe(root, version string) [][]string {
	return [][]string{
		{"mmdebstrap", "--quiet", "--variant=essential", "--include=" + debs, suite, root},
		{
			"pip3", "install", "--quiet", "--no-compile", "--disable-pip-version-check", "--root-user-action=ignore",
			"--target", filepath.Join(root, packages), "--python-version", "3.11", "--implementation", "cp",
			"--platform", "manylinux2014_x86_64", "--platform", "manylinux_2_28_x86_64",
			"--only-binary=:all:", "nvflare[K8S]==" + version,
		},
		{"ln", "-s", "/usr/bin/python3", filepath.Join(root, "usr/local/bin/python3")},
		{"ln", "-s", "/usr/bin/python3", filepath.Join(root, "usr/local/bin/python")},
		// The folder that NVFLARE's own commands are given.
		{"mkdir", filepath.Join(root, "work")},
	}
}

func key(version string) string {
	sum := sha256.Sum256(fmt.Append(nil, recipe("", version)))
	return hex.EncodeToString(sum[:])[:12]
}

// Name is the image's name and tag: the version, and the recipe's digest.
func Name(version string) string { return "nvflare:" + version + "-" + key(version) }

// EnsureRoot returns the folder of the image's root, made now if it is not there.
func EnsureRoot(ctx context.Context, report step.Reporter, version string) (string, error) {
	root, err := paths.Cache("nvflare", version+"-"+key(version))
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(root); err == nil {
		return root, nil
	}
	if err := os.MkdirAll(filepath.Dir(root), 0o755); err != nil {
		return "", err
	}
	// Made aside and renamed: one that was ended half-way is not taken for whole.
	making := root + ".new"
	if err := os.RemoveAll(making); err != nil {
		return "", err
	}
	for _, args := range recipe(making, version) {
		if err := report.Do("nvflare "+version+" image: "+filepath.Base(args[0]), func() error { return command(ctx, args) }); err != nil {
			return "", err
		}
	}
	return root, os.Rename(making, root)
}

func command(ctx context.Context, args []string) error {
	if out, err := child.Command(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// Push pushes a root as an image of two layers and returns its reference by
// digest.
func Push(ctx context.Context, root, version string) (string, error) {
	temp, err := os.MkdirTemp("", "flare-lab-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	system, python := filepath.Join(temp, "system.tar"), filepath.Join(temp, "python.tar")
	tar := []string{"tar", "--create", "--sort=name", "--mtime=@0", "--numeric-owner", "--directory", root}
	for _, args := range [][]string{
		append(tar, "--file", system, "--exclude", "./"+packages+"/*", "."),
		append(tar, "--file", python, "./"+packages),
	} {
		if err := command(ctx, args); err != nil {
			return "", err
		}
	}
	return registry.Push(ctx, registry.Image{
		Name:   Name(version),
		Layers: []string{system, python},
		Env:    []string{"PATH=/usr/local/bin:/usr/bin:/bin", "PYTHONDONTWRITEBYTECODE=1"},
		Cmd:    []string{"python3"},
	})
}
