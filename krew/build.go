package main

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"path/filepath"
)

const module = "github.com/kubectl-flare/kubectl-flare"

// build compiles the plugin for a platform and packs it.
func build(ctx context.Context, version, out string, p Platform) (Archive, error) {
	dir, err := os.MkdirTemp("", "flare-release-")
	if err != nil {
		return Archive{}, err
	}
	defer func() { _ = os.RemoveAll(dir) }()
	binary := filepath.Join(dir, p.Binary())
	cmd := exec.CommandContext(ctx, "go", "build", "-trimpath", "-ldflags", "-s -w -X "+module+"/plugin.version="+version, "-o", binary, module+"/cmd/kubectl-flare")
	cmd.Env = append(os.Environ(), "CGO_ENABLED=0", "GOOS="+p.OS, "GOARCH="+p.Arch)
	cmd.Stderr = os.Stderr
	if err := cmd.Run(); err != nil {
		return Archive{}, fmt.Errorf("go build: %w", err)
	}
	a := Archive{Platform: p, Name: fmt.Sprintf("flare_%s_%s_%s.tar.gz", version, p.OS, p.Arch)}
	a.SHA256, err = packTo(filepath.Join(out, a.Name), []string{binary, "LICENSE"})
	return a, err
}

// packTo writes an archive and returns its digest.
func packTo(name string, files []string) (string, error) {
	file, err := os.Create(name)
	if err != nil {
		return "", err
	}
	hash := sha256.New()
	err = errors.Join(pack(io.MultiWriter(file, hash), files), file.Close())
	return hex.EncodeToString(hash.Sum(nil)), err
}
