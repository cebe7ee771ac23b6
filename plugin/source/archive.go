package source

import (
	"archive/zip"
	"bytes"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path"
	"slices"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// maxArchive is the greatest size of an archive, in bytes. maxEntries is how many entries one
// may have: a kit has kit.MaxFiles, and its folders.
const (
	maxArchive = kit.MaxKit
	maxEntries = kit.MaxFiles + 16
)

// archive is a file with a kit in it, read in place: nothing is written to a disk.
type archive struct {
	// pinFile is the file with the PIN of an encrypted archive.
	pinFile string
}

// open reads a zip, tar or tgz archive. The kit is at its top, or is the only folder there.
func (a archive) open(file *os.File) (fs.FS, error) {
	data, err := io.ReadAll(io.LimitReader(file, maxArchive+1))
	if err != nil {
		return nil, err
	}
	if len(data) > maxArchive {
		return nil, fmt.Errorf("it is larger than %d MiB", maxArchive>>20)
	}
	if !isZip(data) {
		if data, err = zipOfTar(data); err != nil {
			return nil, err
		}
	}
	contents, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil, fmt.Errorf("it is not a valid archive: %w", err)
	}
	contents.File = slices.DeleteFunc(contents.File, func(f *zip.File) bool { return ofMacOS(f.Name) })
	if len(contents.File) > maxEntries {
		return nil, fmt.Errorf("it has more than %d entries", maxEntries)
	}
	if contents, err = a.decrypted(contents); err != nil {
		return nil, err
	}
	return inside(contents)
}

// ofMacOS says whether an entry is one that macOS adds to archives: attributes of a file, in a
// folder of their own or beside it, or how a folder is shown. They are no files of a kit.
func ofMacOS(entry string) bool {
	top, _, _ := strings.Cut(entry, "/")
	base := path.Base(entry)
	return top == "__MACOSX" || strings.HasPrefix(base, "._") || base == ".DS_Store"
}

func isZip(data []byte) bool { return bytes.HasPrefix(data, []byte("PK\x03\x04")) }

// inside is the folder of the kit.
func inside(fsys fs.FS) (fs.FS, error) {
	if _, err := fs.Stat(fsys, kit.StartupDir); err == nil {
		return fsys, nil
	}
	entries, err := fs.ReadDir(fsys, ".")
	if err != nil {
		return nil, err
	}
	if len(entries) == 1 && entries[0].IsDir() {
		return fs.Sub(fsys, entries[0].Name())
	}
	return fsys, nil
}

// decrypted gives the archive without encryption.
func (a archive) decrypted(contents *zip.Reader) (*zip.Reader, error) {
	encrypted := false
	for _, f := range contents.File {
		encrypted = encrypted || f.Flags&flagEncrypted != 0
	}
	if !encrypted {
		return contents, nil
	}
	pin, err := a.pin()
	if err != nil {
		return nil, err
	}
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	left := int64(kit.MaxKit)
	for _, f := range contents.File {
		data, err := decrypt(f, pin, left)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kit.Quote(f.Name), err)
		}
		left -= int64(len(data))
		if err := add(w, f.FileInfo(), f.Name, data); err != nil {
			return nil, err
		}
	}
	if err := w.Close(); err != nil {
		return nil, err
	}
	return zip.NewReader(bytes.NewReader(out.Bytes()), int64(out.Len()))
}

// maxPIN is longer than any PIN, in bytes.
const maxPIN = 256

func (a archive) pin() ([]byte, error) {
	if a.pinFile == "" {
		return nil, errors.New("it is encrypted: give a file with its PIN with --pin-file")
	}
	file, err := os.Open(a.pinFile)
	if err != nil {
		return nil, fmt.Errorf("--pin-file: %w", CannotRead(a.pinFile, err))
	}
	defer func() { _ = file.Close() }()
	data, err := io.ReadAll(io.LimitReader(file, maxPIN+1))
	if err != nil {
		return nil, fmt.Errorf("--pin-file: %w", CannotRead(a.pinFile, err))
	}
	pin := bytes.TrimSpace(data)
	if len(pin) == 0 || len(data) > maxPIN {
		return nil, fmt.Errorf("--pin-file: %s does not contain a PIN of at most %d characters", a.pinFile, maxPIN)
	}
	return pin, nil
}

// add writes an entry without compression.
func add(w *zip.Writer, info fs.FileInfo, name string, data []byte) error {
	header, err := zip.FileInfoHeader(info)
	if err != nil {
		return err
	}
	header.Name, header.Method = name, zip.Store
	out, err := w.CreateHeader(header)
	if err != nil {
		return err
	}
	_, err = out.Write(data)
	return err
}
