//go:build linux

package nvflare

import (
	"archive/tar"
	"context"
	"os"
	"path"
	"path/filepath"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/registry"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/step"
)

// CondaPython is the only interpreter of the image that PushConda pushes. It is on no PATH.
const CondaPython = "/opt/conda/bin/python3.11"

// whiteout begins the name of an entry that deletes a file of a layer below (OCI image
// specification 1.1, "Whiteouts").
const whiteout = ".wh."

// PushConda pushes the image of a version with its interpreter moved to where Conda has it, and
// returns the reference by digest.
func PushConda(ctx context.Context, version string, report step.Reporter) (string, error) {
	base := Program(version)
	if _, err := base.EnsurePushed(ctx, report); err != nil {
		return "", err
	}
	root, err := base.EnsureRoot(ctx, report)
	if err != nil {
		return "", err
	}
	temp, err := os.MkdirTemp("", "flare-lab-")
	if err != nil {
		return "", err
	}
	defer func() { _ = os.RemoveAll(temp) }()
	layer := filepath.Join(temp, "conda.tar")
	if err := writeConda(layer, filepath.Join(root, "usr/bin/python3.11")); err != nil {
		return "", err
	}
	return registry.Push(ctx, registry.Image{Name: "conda-" + base.Image(), Base: base.Image(), Layers: []string{layer}})
}

// writeConda writes the layer that moves the interpreter.
func writeConda(layer, interpreter string) error {
	program, err := os.ReadFile(interpreter)
	if err != nil {
		return err
	}
	file, err := os.Create(layer)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	w := tar.NewWriter(file)
	for _, gone := range []string{"usr/local/bin/python3", "usr/local/bin/python", "usr/bin/python3", "usr/bin/python3.11"} {
		if err := w.WriteHeader(&tar.Header{Name: path.Join(path.Dir(gone), whiteout+path.Base(gone)), Mode: 0o644}); err != nil {
			return err
		}
	}
	if err := w.WriteHeader(&tar.Header{Name: CondaPython[1:], Mode: 0o755, Size: int64(len(program))}); err != nil {
		return err
	}
	if _, err := w.Write(program); err != nil {
		return err
	}
	return w.Close()
}
