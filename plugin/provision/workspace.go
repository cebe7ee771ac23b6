package provision

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kubectl-flare/kubectl-flare/plugin/kitfiles"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// workspace is the folder of a federation: state/ with the root's private key, and kits/ with
// a folder for each participant.
type workspace struct{ dir string }

const (
	stateFile = "state.json"
	// maxState is the greatest size of a state, in bytes.
	maxState = 4 << 20
)

func (w *workspace) stateDir() string { return filepath.Join(w.dir, "state") }

// kit is the folder of a participant's kit. Its name is checked before, since it is part of
// the path.
func (w *workspace) kit(participant string) string {
	return filepath.Join(w.dir, "kits", participant)
}

// startup are the files of a participant's kit, nil if there is none. A name that is not that
// of a folder has none; provisioning rejects it.
func (w *workspace) startup(participant string) (kit.Files, error) {
	if kit.CheckStartupName(participant) != nil && participant != filepath.Base(participant) || participant == "" || participant == "." || participant == ".." {
		return nil, nil
	}
	return kitfiles.Startup(w.kit(participant))
}

// readState is nil if there is no state. Others must not be able to read it.
func (w *workspace) readState() ([]byte, error) {
	file := filepath.Join(w.stateDir(), stateFile)
	info, err := os.Lstat(file)
	switch {
	case errors.Is(err, fs.ErrNotExist):
		return nil, nil
	case err != nil:
		return nil, fmt.Errorf("cannot read %s: %w", file, kit.WithoutPath(err))
	case !info.Mode().IsRegular():
		return nil, fmt.Errorf("%s is not a regular file", file)
	case info.Mode().Perm()&0o077 != 0:
		return nil, fmt.Errorf("others can read the federation's root key in %s: its mode is %#o; run `chmod 600 %s`", file, info.Mode().Perm(), file)
	case info.Size() > maxState:
		return nil, fmt.Errorf("%s is larger than %d MiB: this cannot be the state of a federation", file, maxState>>20)
	}
	data, err := os.ReadFile(file)
	if err != nil {
		return nil, fmt.Errorf("cannot read %s: %w", file, kit.WithoutPath(err))
	}
	return data, nil
}

// writeState replaces the state, so that it is never half written.
func (w *workspace) writeState(data []byte) error {
	dir := w.stateDir()
	if err := os.MkdirAll(dir, 0o700); err != nil {
		return fmt.Errorf("--out: cannot create %s: %w", dir, kit.WithoutPath(err))
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return fmt.Errorf("--out: cannot open %s: %w", dir, kit.WithoutPath(err))
	}
	defer root.Close()
	const fresh = stateFile + ".new"
	err = root.Remove(fresh)
	if errors.Is(err, fs.ErrNotExist) {
		err = nil
	}
	if err == nil {
		err = kitfiles.Create(root, fresh, data, 0o600)
	}
	if err == nil {
		err = root.Rename(fresh, stateFile)
	}
	if err != nil {
		return fmt.Errorf("--out: cannot write %s: %w", filepath.Join(dir, stateFile), kit.WithoutPath(err))
	}
	return nil
}

// readAll reads a file or standard input.
func readAll(name string, stdin io.Reader) ([]byte, error) {
	if name == "-" {
		return limited(stdin, "standard input")
	}
	f, err := os.Open(name)
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", name, kit.WithoutPath(err))
	}
	defer func() { _ = f.Close() }()
	return limited(f, name)
}
