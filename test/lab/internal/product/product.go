//go:build linux

// Package product makes images of this repository's own programs that run in
// clusters. They are what the Dockerfile makes: one static binary, nothing else.
package product

import (
	"context"
	"fmt"
	"os"
	"path/filepath"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/child"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/registry"
)

// Tag is the tag under which the lab pushes them; people refer to the digest.
const Tag = "lab"

// Programs are the commands that run in clusters.
func Programs() []string { return []string{"flare-webhook", "flare-kit"} }

// Push builds a program from the working tree, pushes its image and returns the
// reference by digest. The same source gives the same digest.
func Push(ctx context.Context, program string) (string, error) {
	temp, err := os.MkdirTemp("", "flare-lab-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	layer := filepath.Join(temp, "layer.tar")
	for _, args := range [][]string{
		{"go", "build", "-trimpath", "-ldflags", "-s -w", "-o", filepath.Join(temp, program), "github.com/kubectl-flare/kubectl-flare/cmd/" + program},
		{"tar", "--create", "--mtime=@0", "--owner=0", "--group=0", "--mode=0555", "--file", layer, "--directory", temp, program},
	} {
		cmd := child.Command(ctx, args[0], args[1:]...)
		cmd.Env = append(os.Environ(), "CGO_ENABLED=0")
		if out, err := cmd.CombinedOutput(); err != nil {
			return "", fmt.Errorf("%s: %w\n%s", args[0], err, out)
		}
	}
	return registry.Push(ctx, registry.Image{
		Name: program + ":" + Tag, Layers: []string{layer}, Entrypoint: "/" + program, User: "65532",
	})
}
