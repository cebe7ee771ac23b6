package job

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
)

// unpack writes a tar stream below dir. What it holds comes from the FL server:
// os.Root keeps names and links from leading out of dir, and whatever is neither
// a file nor a folder is refused.
func unpack(stream io.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	archive := tar.NewReader(stream)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return fmt.Errorf("the job did not arrive whole: %w", err)
		}
		if err := unpackOne(root, header, archive); err != nil {
			return fmt.Errorf("job file %q: %w", header.Name, err)
		}
	}
}

func unpackOne(root *os.Root, header *tar.Header, content io.Reader) error {
	name := path.Clean(header.Name)
	switch header.Typeflag {
	case tar.TypeDir:
		return root.MkdirAll(name, 0o750)
	case tar.TypeReg:
	default:
		return errors.New("neither a file nor a folder: refused")
	}
	if err := root.MkdirAll(path.Dir(name), 0o750); err != nil {
		return err
	}
	file, err := root.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o640)
	if err != nil {
		return err
	}
	_, err = io.Copy(file, content)
	return errors.Join(err, file.Close())
}
