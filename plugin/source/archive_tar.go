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
	entries := tar.NewReader(io.LimitReader(in, kit.MaxKit+maxEntries*1024))
	var out bytes.Buffer
	w := zip.NewWriter(&out)
	for count := 0; ; count++ {
		header, err := entries.Next()
		switch {
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
		if err := addTar(w, header, entries); err != nil {
			return nil, err
		}
	}
}

func addTar(w *zip.Writer, header *tar.Header, content io.Reader) error {
	name := path.Clean(header.Name)
	if name == "." || header.Typeflag == tar.TypeXGlobalHeader {
		return nil
	}
	if header.Typeflag == tar.TypeDir {
		name += "/"
	}
	data, err := io.ReadAll(content)
	if err != nil {
		return fmt.Errorf("%s: %w", kit.Quote(header.Name), err)
	}
	return add(w, header.FileInfo(), name, data)
}
