package source

import (
	"archive/tar"
	"archive/zip"
	"bytes"
	"compress/gzip"
	"errors"
	"fmt"
	"io"
	"path"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

var errNoArchive = errors.New("it is neither a folder nor a zip, tar or tgz archive")

// zipOfTar makes a zip archive of a tar archive, which may be compressed with gzip: a zip
// archive can be read as a file system.
func zipOfTar(data []byte) ([]byte, error) {
	var in io.Reader = bytes.NewReader(data)
	if bytes.HasPrefix(data, []byte("\x1f\x8b")) {
		unzipped, err := gzip.NewReader(in)
		if err != nil {
			return nil, errNoArchive
		}
		in = unzipped
	}
	// The limit is for what is skipped as well. A header has 512 bytes.
	limited := &io.LimitedReader{R: in, N: kit.MaxKit + maxEntries*1024}
	entries := tar.NewReader(limited)
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	left := int64(kit.MaxKit)
	for count := 0; ; count++ {
		header, err := entries.Next()
		switch {
		case limited.N <= 0:
			return nil, errLargeEntry
		case errors.Is(err, io.EOF) && count > 0:
			err := w.Close()
			return out.Bytes(), err
		case err != nil && count == 0:
			return nil, errNoArchive
		case err != nil:
			return nil, fmt.Errorf("it is not a valid tar archive: %w", err)
		case count >= maxEntries:
			return nil, fmt.Errorf("it has more than %d entries", maxEntries)
		}
		size, err := addTar(w, header, entries, left)
		if err != nil {
			return nil, fmt.Errorf("%s: %w", kit.Quote(header.Name), err)
		}
		left -= size
	}
}

// addTar adds an entry and returns its size. Of a sparse file, the archive has only a part, so
// that what it becomes is limited.
func addTar(w *zip.Writer, header *tar.Header, content io.Reader, most int64) (int64, error) {
	name := path.Clean(header.Name)
	switch header.Typeflag {
	case tar.TypeXGlobalHeader:
		return 0, nil
	case tar.TypeDir:
		name += "/"
	case tar.TypeReg, tar.TypeSymlink:
	default:
		return 0, errors.New("it is neither a file nor a folder")
	}
	if path.Clean(name) == "." {
		return 0, nil
	}
	data, err := readMost(content, most)
	if err != nil {
		return 0, err
	}
	return int64(len(data)), add(w, header.FileInfo(), name, data)
}
