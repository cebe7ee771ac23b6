package kit

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// ReadDir reads the content of a kit from its folder, which contains startup/ and
// local/, within the limits MaxStartupFile, MaxKit and MaxFiles. If the layout is
// invalid, it returns a *FieldError. marks are names of files that only startup/ has:
// with them, the error can say that the folder is a startup/ itself.
func ReadDir(fsys fs.FS, marks []string) (*Content, error) {
	if err := findStartup(fsys, marks); err != nil {
		return nil, err
	}
	budget := newBudget()
	startup, err := readDir(fsys, StartupDir, MaxStartupFile, budget)
	if err != nil {
		return nil, err
	}
	local, err := readLocal(fsys, budget)
	if err != nil {
		return nil, err
	}
	c, err := NewContent(startup, local)
	if err != nil {
		return nil, err
	}
	if c.Seal, err = readSeal(fsys, SealFile, SealCertificateFile); err != nil {
		return nil, err
	}
	if c.LocalSeal, err = readSeal(fsys, LocalSealFile, LocalSealCertificateFile); err != nil {
		return nil, err
	}
	return c, nil
}

// findStartup says what a folder without startup/ probably is instead.
func findStartup(fsys fs.FS, marks []string) error {
	info, err := fs.Lstat(fsys, StartupDir)
	if err == nil {
		return checkFolder(StartupDir, info)
	}
	for _, mark := range marks {
		if _, err := fs.Stat(fsys, mark); err == nil {
			return &FieldError{
				File: StartupDir, Problem: "is missing: this is a startup folder itself",
				Fix: "give the folder of the kit, which contains startup/", cause: err,
			}
		}
	}
	return &FieldError{File: StartupDir, Problem: "is missing: this is not a startup kit", Fix: otherKits(fsys), cause: err}
}

// otherKits names the kits one level below: provisioning writes one folder for each
// participant into a folder, which users may give by mistake.
func otherKits(fsys fs.FS) string {
	const most = 5
	found, _ := fs.Glob(fsys, "*/"+StartupDir)
	for i := range found {
		found[i] = strings.TrimSuffix(found[i], "/"+StartupDir)
	}
	if len(found) == 0 {
		return "give a folder that contains startup/ and local/"
	}
	slices.Sort(found)
	if len(found) > most {
		found = append(found[:most], "…")
	}
	return "give one of the kits in it: " + strings.Join(found, ", ")
}

// readLocal reads local/. If the kit has none, it returns no files.
func readLocal(fsys fs.FS, b *budget) (Files, error) {
	info, err := fs.Lstat(fsys, LocalDir)
	if errors.Is(err, fs.ErrNotExist) {
		return Files{}, nil
	}
	if err != nil {
		return nil, unreadable(LocalDir, err)
	}
	if err := checkFolder(LocalDir, info); err != nil {
		return nil, err
	}
	return readDir(fsys, LocalDir, maxLocalFile, b)
}

func checkFolder(name string, info fs.FileInfo) error {
	if info.Mode()&fs.ModeSymlink != 0 {
		return linkError(name)
	}
	if !info.IsDir() {
		return &FieldError{File: name, Problem: "is not a folder", Fix: AsProvisioned}
	}
	return nil
}
