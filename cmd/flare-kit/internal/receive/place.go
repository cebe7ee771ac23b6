package receive

import (
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/kubectl-flare/kubectl-flare/cmd/flare-kit/internal/install"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

const (
	incomingPrefix = ".incoming-"
	// stale is the age at which a receiver's temporary folder is abandoned: no receiver
	// runs as long.
	stale = time.Hour
)

// place renames the folder to the kit's place. The same kit stays if it is there already;
// anything else is replaced.
func (o Options) place(incoming string) (word string, err error) {
	if err := os.Chmod(incoming, install.FolderMode); err != nil {
		return "", err
	}
	if o.there() {
		return "unchanged", nil
	}
	aside := incoming + ".old"
	switch err := os.Rename(o.To, aside); {
	case err == nil:
		defer func() { _ = os.RemoveAll(aside) }()
	case !errors.Is(err, fs.ErrNotExist):
		return "", err
	}
	if err := os.Rename(incoming, o.To); err != nil {
		return "", err
	}
	return "received", syncFolder(filepath.Dir(o.To))
}

// there says whether the kit is in its place already.
func (o Options) there() bool {
	dir, err := os.OpenRoot(filepath.Join(o.To, "startup"))
	if err != nil {
		return false
	}
	defer dir.Close()
	sums, err := install.Sums(dir)
	return err == nil && kit.DigestOf(sums) == o.Digest
}

// sweep removes the temporary folders of receivers that were killed. It ignores errors: what
// stays does no harm.
func sweep(parent string) {
	entries, _ := os.ReadDir(parent)
	for _, e := range entries {
		info, err := e.Info()
		if err == nil && strings.HasPrefix(e.Name(), incomingPrefix) && time.Since(info.ModTime()) > stale {
			_ = os.RemoveAll(filepath.Join(parent, e.Name()))
		}
	}
}

// syncFolder makes sure that names in a folder survive a crash.
func syncFolder(name string) error {
	dir, err := os.Open(name)
	if err != nil {
		return err
	}
	return errors.Join(dir.Sync(), dir.Close())
}
