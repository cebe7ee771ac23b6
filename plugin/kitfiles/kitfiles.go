// Package kitfiles writes kits into folders. Only their owner can read what is written.
package kitfiles

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Status is what happened, or would happen, to the kit in a folder.
type Status string

// The statuses.
const (
	Created   Status = "created"
	Updated   Status = "updated"
	Unchanged Status = "unchanged"
)

const (
	folderMode fs.FileMode = 0o700
	// temporary is the suffix of a folder that is not complete, old that of one that is
	// being replaced.
	temporary = ".new"
	old       = ".old"
)

// Startup are the files of startup/ in a kit's folder, nil if there is no folder.
func Startup(dir string) (kit.Files, error) {
	if _, err := os.Lstat(dir); errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open %s: %w", dir, kit.WithoutPath(err))
	}
	defer root.Close()
	content, err := kit.ReadDir(root.FS(), nil)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", dir, err)
	}
	return content.Startup, nil
}

// Compare says what Write would do.
func Compare(dir string, content *kit.Content) (Status, error) {
	have, err := Startup(dir)
	switch {
	case err != nil:
		return "", err
	case have == nil:
		return Created, nil
	case have.Digest() == content.Startup.Digest():
		return Unchanged, nil
	}
	return Updated, nil
}

// Write writes a kit into a folder, completely or not at all. In a folder that exists it
// replaces startup/ only: local/ is the site's. A seal that is there stays, and is no longer
// valid.
func Write(dir string, content *kit.Content) (Status, error) {
	status, err := Compare(dir, content)
	if err != nil || status == Unchanged {
		return status, err
	}
	if status == Created {
		err = create(dir, content)
	} else {
		err = replace(filepath.Join(dir, kit.StartupDir), content.Startup)
	}
	if err != nil {
		return "", fmt.Errorf("cannot write the kit %s: %w", dir, kit.WithoutPath(err))
	}
	return status, nil
}

func create(dir string, content *kit.Content) error {
	if err := os.MkdirAll(filepath.Dir(dir), folderMode); err != nil {
		return err
	}
	fresh := dir + temporary
	if err := errors.Join(os.RemoveAll(fresh), os.Mkdir(fresh, folderMode)); err != nil {
		return err
	}
	err := errors.Join(write(filepath.Join(fresh, kit.StartupDir), content.Startup), write(filepath.Join(fresh, kit.LocalDir), content.Local))
	if err == nil {
		err = os.Rename(fresh, dir)
	}
	if err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	return nil
}

// replace swaps two folders. If it is interrupted between the two renames, the old one is
// still there beside the new one.
func replace(dir string, files kit.Files) error {
	fresh, before := dir+temporary, dir+old
	if err := errors.Join(os.RemoveAll(fresh), os.RemoveAll(before)); err != nil {
		return err
	}
	if err := write(fresh, files); err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	if err := os.Rename(dir, before); err != nil {
		return errors.Join(err, os.RemoveAll(fresh))
	}
	return errors.Join(os.Rename(fresh, dir), os.RemoveAll(before))
}

func write(dir string, files kit.Files) error {
	if err := os.Mkdir(dir, folderMode); err != nil {
		return err
	}
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	for _, f := range files {
		if err := Create(root, f.Name, f.Data, f.Mode.Perm()); err != nil {
			return err
		}
	}
	return nil
}

// Create creates a file, which must not exist, and syncs it.
func Create(root *os.Root, name string, data []byte, mode fs.FileMode) error {
	f, err := root.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, mode)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}
