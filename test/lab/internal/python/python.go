//go:build linux

// Package python makes images of Python programs for the lab, without a container
// engine: a Debian root, Python packages from PyPI on top. The same root runs the
// programs' own commands, such as `nvflare provision`.
package python

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"syscall"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/child"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/registry"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/step"
)

const (
	suite    = "bookworm"
	packages = "usr/local/lib/python3.11/dist-packages"
)

// Program is what an image has in it.
type Program struct {
	// Name is the image's repository, and the program's name in messages.
	Name string
	// Version is the tag's beginning.
	Version string
	// Debs are Debian packages besides those of Python.
	Debs []string
	// Requirement is what pip installs, without ==VERSION.
	Requirement string
	// Also are further packages that pip installs.
	Also []string
	// Scripts are the console scripts that the image has on its PATH.
	Scripts []string
	// Folders are further empty folders.
	Folders []string
}

// recipe lists the commands that make a root; its digest names the root and the
// image's tag. The wheels are those for the image's Python, whatever the host's
// is. The scripts that pip writes begin with the host's. The image's own Python
// compiles all modules, which every start of a process would do otherwise; a file of
// the image has another time than its source here, so that does not count.
func (p Program) recipe(root string) [][]string {
	debs := append([]string{"python3-minimal", "libpython3-stdlib", "ca-certificates"}, p.Debs...)
	local := filepath.Join(root, "usr/local/bin")
	install := []string{
		"pip3", "install", "--quiet", "--no-compile", "--disable-pip-version-check", "--root-user-action=ignore",
		"--target", filepath.Join(root, packages), "--python-version", "3.11", "--implementation", "cp",
		"--platform", "manylinux2014_x86_64", "--platform", "manylinux_2_28_x86_64",
		"--only-binary=:all:", p.Requirement + "==" + p.Version,
	}
	recipe := [][]string{
		{"mmdebstrap", "--quiet", "--variant=essential", "--include=" + strings.Join(debs, ","), suite, root},
		append(install, p.Also...),
		{"ln", "-s", "/usr/bin/python3", filepath.Join(local, "python3")},
		{"ln", "-s", "/usr/bin/python3", filepath.Join(local, "python")},
	}
	for _, script := range p.Scripts {
		from := filepath.Join(root, packages, "bin", script)
		recipe = append(recipe, []string{"sed", "-i", "1c #!/usr/bin/python3", from}, []string{"mv", from, local})
	}
	for _, folder := range p.Folders {
		recipe = append(recipe, []string{"mkdir", filepath.Join(root, folder)})
	}
	return append(recipe, []string{
		"/usr/sbin/chroot", root, "/usr/bin/env", "--ignore-environment", "/usr/bin/python3", "-m", "compileall", "-q",
		"--invalidation-mode", "unchecked-hash", "/" + packages, "/usr/lib/python3.11",
	})
}

func (p Program) tag() string {
	sum := sha256.Sum256(fmt.Append(nil, p.recipe("")))
	return p.Version + "-" + hex.EncodeToString(sum[:])[:12]
}

// Image is the image's name and tag: the version, and the recipe's digest.
func (p Program) Image() string { return p.Name + ":" + p.tag() }

// EnsureRoot returns the folder of the image's root, made now if it is not there.
func (p Program) EnsureRoot(ctx context.Context, report step.Reporter) (string, error) {
	root, err := paths.Cache(p.Name, p.tag())
	if err != nil {
		return "", err
	}
	if _, err := os.Stat(root); err == nil {
		return root, nil
	}
	if err := os.MkdirAll(filepath.Dir(root), 0o755); err != nil {
		return "", err
	}
	// Tests that run at the same time ask for the same root.
	unlock, err := lock(root + ".lock")
	if err != nil {
		return "", err
	}
	defer unlock()
	if _, err := os.Stat(root); err == nil {
		return root, nil
	}
	// Made aside and renamed: one that was ended half-way is not taken for whole.
	making := root + ".new"
	if err := os.RemoveAll(making); err != nil {
		return "", err
	}
	for _, args := range p.recipe(making) {
		if err := report.Do(p.Name+" "+p.Version+" image: "+filepath.Base(args[0]), func() error { return command(ctx, args) }); err != nil {
			return "", err
		}
	}
	return root, os.Rename(making, root)
}

// lock waits until no other process has the lock. The kernel gives it back when a process ends.
func lock(path string) (unlock func(), err error) {
	file, err := os.OpenFile(path, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, err
	}
	if err := syscall.Flock(int(file.Fd()), syscall.LOCK_EX); err != nil {
		_ = file.Close()
		return nil, fmt.Errorf("lock %s: %w", path, err)
	}
	return func() { _ = file.Close() }, nil
}

func command(ctx context.Context, args []string) error {
	if out, err := child.Command(ctx, args[0], args[1:]...).CombinedOutput(); err != nil {
		return fmt.Errorf("%s: %w\n%s", strings.Join(args, " "), err, out)
	}
	return nil
}

// EnsurePushed returns the image's reference by digest, and makes and pushes the
// image if the registry does not have it.
func (p Program) EnsurePushed(ctx context.Context, report step.Reporter) (string, error) {
	if reference, ok := p.Find(ctx); ok {
		return reference, nil
	}
	root, err := p.EnsureRoot(ctx, report)
	if err != nil {
		return "", err
	}
	var reference string
	err = report.Do("push "+p.Image(), func() (err error) {
		reference, err = p.push(ctx, root)
		return err
	})
	return reference, err
}

// Find returns the reference by digest of the image if the registry has it.
func (p Program) Find(ctx context.Context) (string, bool) { return registry.Find(ctx, p.Image()) }

// push pushes a root as an image of two layers and returns its reference by
// digest.
func (p Program) push(ctx context.Context, root string) (string, error) {
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
		Name:   p.Image(),
		Layers: []string{system, python},
		Env:    []string{"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin", "PYTHONDONTWRITEBYTECODE=1"},
		Cmd:    []string{"python3"},
	})
}
