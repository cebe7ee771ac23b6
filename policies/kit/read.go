package kit

import (
	"errors"
	"io/fs"
	"slices"
	"strings"
)

// The folders of a kit. transfer/ and the readme at the root are not read: they
// say nothing about who the participant is. The seal at the root is.
const (
	startupDir = "startup"
	localDir   = "local"
)

// Read reads a kit from its folder, the one that holds startup/ and local/. A
// kit that breaks the layout, or whose configuration or certificates cannot be
// read, gives a *FieldError. Whether the kit is genuine is for Verify to say.
func Read(fsys fs.FS) (*Kit, error) {
	if err := findStartup(fsys); err != nil {
		return nil, err
	}
	budget := newBudget()
	startup, err := readDir(fsys, startupDir, MaxStartupFile, budget)
	if err != nil {
		return nil, err
	}
	local, err := readLocal(fsys, budget)
	if err != nil {
		return nil, err
	}
	k, err := Parse(startup, local)
	if err != nil {
		return nil, err
	}
	if k.Seal, err = readSeal(fsys); err != nil {
		return nil, err
	}
	return k, nil
}

// findStartup says what a folder without startup/ probably is instead.
func findStartup(fsys fs.FS) error {
	info, err := fs.Lstat(fsys, startupDir)
	if err == nil {
		return checkFolder(startupDir, info)
	}
	for _, c := range configurations() {
		if _, err := fs.Stat(fsys, c.file); err == nil {
			return &FieldError{
				File: startupDir, Problem: "is not here: this is the inside of a startup folder",
				Fix: "give the kit's folder, the one that holds startup/", cause: err,
			}
		}
	}
	return &FieldError{File: startupDir, Problem: "is not here: this is not a startup kit", Fix: otherKits(fsys), cause: err}
}

// otherKits names the kits one level below: `nvflare provision` writes one
// folder for each participant into prod_NN, and it is easily given instead.
func otherKits(fsys fs.FS) string {
	const most = 5
	found, _ := fs.Glob(fsys, "*/"+startupDir)
	for i := range found {
		found[i] = strings.TrimSuffix(found[i], "/"+startupDir)
	}
	if len(found) == 0 {
		return "give a folder that holds startup/ and local/"
	}
	slices.Sort(found)
	if len(found) > most {
		found = append(found[:most], "…")
	}
	return "give one of the kits in it: " + strings.Join(found, ", ")
}

// readLocal reads local/, which a kit may lack: then Local is nil.
func readLocal(fsys fs.FS, b *budget) (Files, error) {
	info, err := fs.Lstat(fsys, localDir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	if err != nil {
		return nil, unreadable(localDir, err)
	}
	if err := checkFolder(localDir, info); err != nil {
		return nil, err
	}
	return readDir(fsys, localDir, maxLocalFile, b)
}

func checkFolder(name string, info fs.FileInfo) error {
	if info.Mode()&fs.ModeSymlink != 0 {
		return linkError(name)
	}
	if !info.IsDir() {
		return &FieldError{File: name, Problem: "is not a folder", Fix: asProvisioned}
	}
	return nil
}
