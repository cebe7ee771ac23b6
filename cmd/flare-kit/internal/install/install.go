// Package install writes the files of a kit, within bounds, and reads them back. It keeps no
// file in memory and never prints one.
package install

import (
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"regexp"
	"syscall"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// The modes of files and folders: the group is the pod's fsGroup.
const (
	// FileMode is the mode of files, FolderMode the mode of their folder.
	FileMode   fs.FileMode = 0o440
	FolderMode fs.FileMode = 0o750
)

// Writer writes the files of one kit into a folder.
type Writer struct {
	dir   *os.Root
	files int
	bytes int64
}

// NewWriter makes a Writer for a folder.
func NewWriter(dir *os.Root) *Writer { return &Writer{dir: dir} }

// Write writes one file of the kit. It rejects names that a kit cannot have, files that exist
// already, and files beyond the limits of a kit.
func (w *Writer) Write(name string, from io.Reader) error {
	if err := kit.CheckStartupName(name); err != nil {
		return err
	}
	if w.files++; w.files > kit.MaxFiles {
		return fmt.Errorf("the kit has more than %d files", kit.MaxFiles)
	}
	file, err := w.dir.OpenFile(name, os.O_WRONLY|os.O_CREATE|os.O_EXCL, FileMode)
	if errors.Is(err, fs.ErrExist) {
		return fmt.Errorf("%s: the kit contains the file twice", name)
	}
	if err != nil {
		return err
	}
	err = errors.Join(w.copy(name, file, from), file.Sync(), file.Close())
	return err
}

func (w *Writer) copy(name string, file io.Writer, from io.Reader) error {
	most := min(kit.MaxStartupFile, kit.MaxKit-w.bytes)
	n, err := io.Copy(file, io.LimitReader(from, most+1))
	w.bytes += n
	if err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	if n > most {
		return fmt.Errorf("%s: too large: a file can have %d MiB and a kit %d MiB", name, kit.MaxStartupFile>>20, kit.MaxKit>>20)
	}
	return nil
}

// Names lists a folder of regular files. A kit has no links, folders or pipes: the target of
// a link can change.
func Names(dir *os.Root) ([]string, error) {
	folder, err := dir.Open(".")
	if err != nil {
		return nil, err
	}
	defer func() { _ = folder.Close() }()
	entries, err := folder.ReadDir(kit.MaxFiles + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, err
	}
	if len(entries) > kit.MaxFiles {
		return nil, fmt.Errorf("the kit has more than %d files", kit.MaxFiles)
	}
	names := make([]string, 0, len(entries))
	for _, e := range entries {
		if !e.Type().IsRegular() {
			return nil, fmt.Errorf("%q is not a regular file", e.Name())
		}
		names = append(names, e.Name())
	}
	return names, nil
}

// Open opens a regular file for reading. It does not block if a pipe has just replaced the
// file.
func Open(dir *os.Root, name string) (*os.File, error) {
	file, err := dir.OpenFile(name, os.O_RDONLY|syscall.O_NONBLOCK|syscall.O_NOFOLLOW, 0)
	if err != nil {
		return nil, err
	}
	if info, err := file.Stat(); err != nil || !info.Mode().IsRegular() {
		_ = file.Close()
		return nil, fmt.Errorf("%q is not a regular file", name)
	}
	return file, nil
}

// Sums are the SHA-256 digests of the files of a folder by name, for kit.DigestOf.
func Sums(dir *os.Root) (map[string]string, error) {
	names, err := Names(dir)
	if err != nil {
		return nil, err
	}
	sums := make(map[string]string, len(names))
	for _, name := range names {
		file, err := Open(dir, name)
		if err != nil {
			return nil, err
		}
		hash := sha256.New()
		n, err := io.Copy(hash, io.LimitReader(file, kit.MaxStartupFile+1))
		_ = file.Close()
		if err != nil || n > kit.MaxStartupFile {
			return nil, errors.Join(err, fmt.Errorf("%q cannot be read completely", name))
		}
		sums[name] = hex.EncodeToString(hash.Sum(nil))
	}
	return sums, nil
}

// Clear empties a folder.
func Clear(dir *os.Root) error {
	folder, err := dir.Open(".")
	if err != nil {
		return err
	}
	defer func() { _ = folder.Close() }()
	names, err := folder.Readdirnames(-1)
	if err != nil {
		return err
	}
	for _, name := range names {
		if err := dir.RemoveAll(name); err != nil {
			return err
		}
	}
	return nil
}

var digestForm = regexp.MustCompile(`^[0-9a-f]{64}$`)

// CheckDigest is an error if the text is not the digest of a kit.
func CheckDigest(digest string) error {
	if digestForm.MatchString(digest) {
		return nil
	}
	return fmt.Errorf("--digest %q is not 64 lower-case hexadecimal digits", digest)
}
