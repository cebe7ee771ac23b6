package kit

import (
	"errors"
	"io/fs"
	"os"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// writeSeal writes the files of a seal into the kit, each completely or not at all. The
// certificate comes first and the seal last. A kit with only one of them fails its
// verification, and the next run seals it.
func writeSeal(dir string, s *kit.Seal, envelope, certificate string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return kit.WithoutPath(err)
	}
	defer root.Close()
	if len(s.Certificate) > 0 {
		if err := writeFile(root, certificate, s.Certificate); err != nil {
			return err
		}
	} else if err := root.Remove(certificate); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return kit.WithoutPath(err)
	}
	return writeFile(root, envelope, s.Envelope)
}

// writeFile replaces a file of the folder by renaming a temporary one, so that it is never
// half written, and leaves nothing else behind.
func writeFile(root *os.Root, name string, data []byte) error {
	temporary := "." + name + ".new"
	// An interrupted run may have left one.
	if err := root.Remove(temporary); err != nil && !errors.Is(err, fs.ErrNotExist) {
		return kit.WithoutPath(err)
	}
	err := createFile(root, temporary, data, 0o644)
	if err == nil {
		err = root.Rename(temporary, name)
	}
	if err != nil {
		return errors.Join(kit.WithoutPath(err), ignoreMissing(root.Remove(temporary)))
	}
	return nil
}

// createFile creates a file, which must not exist, and syncs it.
func createFile(root *os.Root, name string, data []byte, mode fs.FileMode) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

func ignoreMissing(err error) error {
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}
