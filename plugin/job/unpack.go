package job

import (
	"archive/tar"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
)

// maxDownload bounds what an FL server can write to this machine.
const maxDownload = 64 << 30

// unpack writes a tar stream below dir. Its content comes from the FL server: os.Root keeps
// names and links from leading out of dir, and an entry that is neither a file nor a folder
// is rejected.
func unpack(stream io.Reader, dir string) error {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return err
	}
	defer root.Close()
	bounded := &io.LimitedReader{R: stream, N: maxDownload}
	archive := tar.NewReader(bounded)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if bounded.N <= 0 {
			return fmt.Errorf("the job is larger than %d GiB, which is the limit of a download", maxDownload>>30)
		}
		if err != nil {
			return fmt.Errorf("the download is incomplete: %w", err)
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
		return errors.New("it is neither a file nor a folder, and nothing else is written")
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
