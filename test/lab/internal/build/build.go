//go:build linux

// Package build makes the lab's binaries from Go modules, once for each version,
// into the user's cache directory.
//
// One module, test/lab/modules, requires them all: so each package that several
// binaries share has one version and is compiled once.
package build

import (
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io"
	"io/fs"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
)

// Binary is one binary: a main package built within the lab's module.
type Binary struct {
	// Name is the file's name, Links are further names for it.
	Name  string
	Links []string
	// Package is the package to build: a folder of the lab's module, which begins
	// with "./", or the import path of a package in a module that it requires.
	Package string
	Tags    string
	LDFlags string
	CGO     bool
}

// Cached is where the binary is once it is built. The path names everything
// that it is made of: the versions of modules, the package's own files, the
// flags, the toolchain.
func (b Binary) Cached(modules string) (string, error) {
	sum := sha256.New()
	fmt.Fprintf(sum, "%s %s %s %+v\n", runtime.Version(), runtime.GOOS, runtime.GOARCH, b)
	if err := hashFiles(sum, filepath.Join(modules, "go.mod")); err != nil {
		return "", err
	}
	if strings.HasPrefix(b.Package, "./") {
		if err := hashFiles(sum, filepath.Join(modules, b.Package)); err != nil {
			return "", err
		}
	}
	return paths.Cache("bin", b.Name+"-"+hex.EncodeToString(sum.Sum(nil))[:12], b.Name)
}

// hashFiles adds a file, or every file of a folder, to the sum.
func hashFiles(sum io.Writer, root string) error {
	return filepath.WalkDir(root, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() {
			return err
		}
		data, err := os.ReadFile(path)
		fmt.Fprintf(sum, "%s %x\n", strings.TrimPrefix(path, root), sha256.Sum256(data))
		return err
	})
}

// Build builds the binary unless it is there already.
func (b Binary) Build(modules string) error {
	target, err := b.Cached(modules)
	if err != nil {
		return err
	}
	if _, err := os.Stat(target); err == nil {
		return nil
	}
	if err := os.MkdirAll(filepath.Dir(target), 0o755); err != nil {
		return err
	}
	// Built aside and renamed: a build that was ended half-way leaves no binary.
	cmd := exec.Command("go", "build", "-trimpath", "-tags", b.Tags, "-ldflags", "-s -w "+b.LDFlags, "-o", target+".new", b.Package)
	cmd.Dir = modules
	cmd.Env = append(os.Environ(), "GOWORK=off", "GOFLAGS=-mod=readonly -buildvcs=false", "CGO_ENABLED=0")
	if b.CGO {
		cmd.Env = append(cmd.Env, "CGO_ENABLED=1")
	}
	if out, err := cmd.CombinedOutput(); err != nil {
		return fmt.Errorf("go build %s in %s: %w\n%s", b.Package, cmd.Dir, err, out)
	}
	return os.Rename(target+".new", target)
}

// Link puts the binary into the lab's folder of binaries under all its names.
func (b Binary) Link(modules string) error {
	target, err := b.Cached(modules)
	if err != nil {
		return err
	}
	for _, name := range append([]string{b.Name}, b.Links...) {
		link := filepath.Join(paths.Bin, name)
		if err := os.Remove(link); err != nil && !os.IsNotExist(err) {
			return err
		}
		if err := os.Symlink(target, link); err != nil {
			return err
		}
	}
	return nil
}
