package kit

import (
	"errors"
	"fmt"
	"io"
	"io/fs"
	"path"
	"slices"
	"strings"
)

// The limits of what is read. A Secret or ConfigMap can contain 1 MiB in total, but a
// context for homomorphic encryption in startup/ may be far larger.
const (
	// MaxStartupFile limits the size of one file of startup/ and MaxKit that of all
	// files of a kit, in bytes; MaxFiles limits their number.
	MaxStartupFile = 64 << 20
	MaxKit         = 128 << 20
	MaxFiles       = 256

	maxLocalFile = 1 << 20
)

// budget is how many files and bytes may still be read of a kit.
type budget struct{ files, bytes int64 }

func newBudget() *budget { return &budget{files: MaxFiles, bytes: MaxKit} }

// readDir reads the files of one folder, sorted by name. It accepts regular files only:
// the target of a link can change, and a Secret has no folders.
func readDir(fsys fs.FS, dir string, maxFile int64, b *budget) (Files, error) {
	entries, err := list(fsys, dir, b)
	if err != nil {
		return nil, err
	}
	files := make(Files, 0, len(entries))
	for _, entry := range entries {
		if err := checkEntry(dir, entry); err != nil {
			return nil, err
		}
		file, err := readFile(fsys, path.Join(dir, entry.Name()), maxFile, b)
		if err != nil {
			return nil, err
		}
		files = append(files, file)
	}
	return files, nil
}

// list reads no more of the folder than the budget allows.
func list(fsys fs.FS, dir string, b *budget) ([]fs.DirEntry, error) {
	f, err := fsys.Open(dir)
	if err != nil {
		return nil, unreadable(dir, err)
	}
	defer f.Close()
	folder, ok := f.(fs.ReadDirFile)
	if !ok {
		return nil, &FieldError{File: dir, Problem: "is not a folder", Fix: AsProvisioned}
	}
	entries, err := folder.ReadDir(int(b.files) + 1)
	if err != nil && !errors.Is(err, io.EOF) {
		return nil, unreadable(dir, err)
	}
	if b.files -= int64(len(entries)); b.files < 0 {
		return nil, &FieldError{
			File: dir, Problem: fmt.Sprintf("has too many files: a kit may have %d", MaxFiles),
			Fix: "remove files that do not belong to the kit",
		}
	}
	slices.SortFunc(entries, func(a, b fs.DirEntry) int { return strings.Compare(a.Name(), b.Name()) })
	return entries, nil
}

// checkEntry checks the type before the file is opened, since opening a pipe blocks.
func checkEntry(dir string, entry fs.DirEntry) error {
	// Check the name first, since the other messages contain it unquoted.
	if err := checkFileName(dir, entry.Name()); err != nil {
		return err
	}
	file := path.Join(dir, entry.Name())
	switch {
	case entry.Type()&fs.ModeSymlink != 0:
		return linkError(file)
	case entry.IsDir():
		return &FieldError{
			File: file, Problem: "is a folder, but folders of a kit may contain only files",
			Fix: "move it out of the kit; add your own code to the image",
		}
	case !entry.Type().IsRegular():
		return &FieldError{File: file, Problem: "is not a regular file", Fix: AsProvisioned}
	}
	return nil
}

// CheckStartupName says why a file of startup/ cannot have this name.
func CheckStartupName(name string) error { return checkFileName(StartupDir, name) }

// checkFileName accepts the names that can be keys of a Secret, in which kits are
// delivered. It must reject line breaks, which could forge lines of the digest.
func checkFileName(dir, name string) error {
	const allowed = "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"
	valid := name != "" && name != "." && !strings.HasPrefix(name, "..") && len(name) <= 253
	if valid && strings.Trim(name, allowed) == "" {
		return nil
	}
	return &FieldError{
		File: dir, Problem: fmt.Sprintf("contains %s, which is not a valid key of a Secret", Quote(name)),
		Fix: "rename the file with letters, digits, '-', '_' and '.', or remove it",
	}
}

func readFile(fsys fs.FS, file string, maxFile int64, b *budget) (File, error) {
	f, err := fsys.Open(file)
	if err != nil {
		return File{}, unreadable(file, err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		return File{}, unreadable(file, err)
	}
	most := min(maxFile, b.bytes)
	data, err := io.ReadAll(io.LimitReader(f, most+1))
	if err != nil {
		return File{}, unreadable(file, err)
	}
	if int64(len(data)) > most {
		return File{}, tooLarge(file, maxFile)
	}
	b.bytes -= int64(len(data))
	return File{Name: path.Base(file), Data: data, Mode: info.Mode()}, nil
}

func tooLarge(file string, most int64) error {
	return &FieldError{
		File:    file,
		Problem: fmt.Sprintf("is too large: the file may have at most %d MiB, and the kit %d MiB", most>>20, MaxKit>>20),
		Fix:     "remove files that do not belong to the kit",
	}
}

func linkError(file string) error {
	return &FieldError{
		File: file, Problem: "is a symbolic link, whose target can change after the check",
		Fix: "replace it with the file itself",
	}
}

func unreadable(file string, err error) error {
	return &FieldError{
		File: file, Problem: fmt.Sprintf("cannot be read: %v", WithoutPath(err)),
		Fix: "check that it exists and that you have permission to read it", cause: err,
	}
}

// WithoutPath is an error of the file system without the path, for a message that has it already.
func WithoutPath(err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err
	}
	return err
}
