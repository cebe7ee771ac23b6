package main

import (
	"archive/tar"
	"compress/gzip"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
)

// pack writes files into a reproducible tar.gz, without times and owners.
func pack(w io.Writer, files []string) error {
	zipped := gzip.NewWriter(w)
	archive := tar.NewWriter(zipped)
	for _, file := range files {
		if err := packFile(archive, file); err != nil {
			return err
		}
	}
	return errors.Join(archive.Close(), zipped.Close())
}

func packFile(archive *tar.Writer, name string) error {
	file, err := os.Open(name)
	if err != nil {
		return err
	}
	defer func() { _ = file.Close() }()
	info, err := file.Stat()
	if err != nil {
		return err
	}
	mode := fs.FileMode(0o644)
	if info.Mode()&0o100 != 0 {
		mode = 0o755
	}
	err = archive.WriteHeader(&tar.Header{Typeflag: tar.TypeReg, Name: filepath.Base(name), Size: info.Size(), Mode: int64(mode)})
	if err != nil {
		return err
	}
	_, err = io.Copy(archive, file)
	return err
}
