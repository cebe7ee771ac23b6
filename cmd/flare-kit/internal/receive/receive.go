// Package receive writes a kit from standard input to a folder of a volume: completely and
// with the expected digest, or not at all.
package receive

import (
	"archive/tar"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"github.com/kubectl-flare/kubectl-flare/cmd/flare-kit/internal/install"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Options are the arguments.
type Options struct {
	// Digest is the kit's digest.
	Digest string
	// To is the folder for startup/.
	To string
}

// Run reads a tar archive with the entries startup/NAME. Nothing of it appears in the folder
// before it is complete and has the digest.
func Run(ctx context.Context, o Options, in io.Reader, out io.Writer) error {
	if err := install.CheckDigest(o.Digest); err != nil {
		return err
	}
	if !filepath.IsAbs(o.To) || filepath.Clean(o.To) != o.To {
		return fmt.Errorf("--to %q is not an absolute path, or has elements such as . and .. in it", o.To)
	}
	parent := filepath.Dir(o.To)
	if err := os.MkdirAll(parent, install.FolderMode); err != nil {
		return err
	}
	sweep(parent)
	incoming, err := os.MkdirTemp(parent, incomingPrefix)
	if err != nil {
		return err
	}
	defer func() { _ = os.RemoveAll(incoming) }()
	done := make(chan error, 1)
	go func() { done <- o.read(filepath.Join(incoming, "startup"), in) }()
	select {
	case err = <-done:
	case <-ctx.Done():
		// Reading continues until the process ends; its folder is removed.
		err = errors.New("interrupted before the whole kit had arrived")
	}
	if err != nil {
		return err
	}
	word, err := o.place(incoming)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(out, "kit %s: %s\n", o.Digest, word)
	return err
}

// read writes the archive's files and checks that they are the kit.
func (o Options) read(startup string, in io.Reader) error {
	if err := os.Mkdir(startup, install.FolderMode); err != nil {
		return err
	}
	dir, err := os.OpenRoot(startup)
	if err != nil {
		return err
	}
	defer dir.Close()
	if err := unpack(dir, in); err != nil {
		return fmt.Errorf("the input is not a kit: %w", err)
	}
	sums, err := install.Sums(dir)
	if err != nil {
		return err
	}
	if got := kit.DigestOf(sums); got != o.Digest {
		return fmt.Errorf("the input is the kit %s, not %s", got, o.Digest)
	}
	return syncFolder(startup)
}

func unpack(dir *os.Root, in io.Reader) error {
	archive := tar.NewReader(in)
	writer := install.NewWriter(dir)
	for {
		header, err := archive.Next()
		if errors.Is(err, io.EOF) {
			return nil
		}
		if err != nil {
			return err
		}
		name, ok := strings.CutPrefix(header.Name, "startup/")
		if !ok || header.Typeflag != tar.TypeReg {
			return fmt.Errorf("%.120q is not a regular file of startup/", header.Name)
		}
		if err := writer.Write(name, archive); err != nil {
			return err
		}
	}
}
