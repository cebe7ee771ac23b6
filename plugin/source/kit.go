package source

import (
	"cmp"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"time"

	"github.com/spf13/pflag"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// KitOption is what else is known of a kit.
type KitOption func(*archive)

// WithPIN names the file with the PIN of a kit in an encrypted archive.
func WithPIN(file string) KitOption { return func(a *archive) { a.pinFile = file } }

// AddPINFlag adds --pin-file.
func AddPINFlag(fs *pflag.FlagSet, file *string) {
	fs.StringVar(file, "pin-file", "", "File with the PIN of a kit in an encrypted zip archive")
}

// Kit reads the kit in a folder, or in an archive of one, with a framework of the registry.
// It reads nothing outside of the folder, even if links are added to it meanwhile.
func Kit(registry *frameworks.Registry, name string, options ...KitOption) (*kit.Kit, error) {
	fsys, closer, err := openKit(name, options)
	if err != nil {
		return nil, err
	}
	defer func() { _ = closer.Close() }()
	k, err := registry.ReadDir(fsys)
	if err != nil {
		return nil, fmt.Errorf("cannot use the kit %s: %w", name, err)
	}
	return k, nil
}

func openKit(name string, options []KitOption) (fs.FS, io.Closer, error) {
	cannot := func(err error) error {
		return fmt.Errorf("cannot open the kit %s: %w; give the kit's folder, the one that holds startup/, or a zip, tar or tgz archive of it", name, kit.WithoutPath(err))
	}
	if IsFolder(name) {
		root, err := os.OpenRoot(name)
		if err != nil {
			return nil, nil, cannot(err)
		}
		return root.FS(), root, nil
	}
	// Opening a pipe would wait for its other end.
	if info, err := os.Stat(name); err != nil || !info.Mode().IsRegular() {
		return nil, nil, cannot(cmp.Or(err, errNoArchive))
	}
	file, err := os.Open(name)
	if err != nil {
		return nil, nil, cannot(err)
	}
	var a archive
	for _, option := range options {
		option(&a)
	}
	fsys, err := a.open(file)
	if err != nil {
		_ = file.Close()
		if errors.Is(err, errNoArchive) {
			return nil, nil, cannot(err)
		}
		return nil, nil, fmt.Errorf("cannot open the kit %s: %w", name, err)
	}
	return fsys, file, nil
}

// IsFolder says whether a kit is a folder, into which can be written, and no archive.
func IsFolder(name string) bool {
	info, err := os.Stat(name)
	return err == nil && info.IsDir()
}

// GenuineKit reads and verifies the kit in a folder or an archive. If a check fails, the error lists all
// failed checks: such a kit must not be used. root, if given, is the fingerprint of the root
// that the kit must belong to. The findings contain warnings for the user.
func GenuineKit(registry *frameworks.Registry, name, root string, now time.Time, options ...KitOption) (acceptance.Verified, kit.Findings, error) {
	rules, err := acceptance.Pinned(registry, root)
	if err != nil {
		return acceptance.Verified{}, nil, fmt.Errorf("--root-fingerprint: %w", err)
	}
	k, err := Kit(registry, name, options...)
	if err != nil {
		return acceptance.Verified{}, nil, err
	}
	verified, findings := acceptance.Accept(k, rules, now)
	if err := KitError(name, k, findings, "used"); err != nil {
		return acceptance.Verified{}, findings, err
	}
	return verified, findings, nil
}

// KitError lists the failed checks of a kit; nil if there are none. done says what must not
// be done with the kit, such as "used".
func KitError(dir string, k *kit.Kit, findings kit.Findings, done string) error {
	failed := findings.With(kit.StatusFail)
	if len(failed) == 0 {
		return nil
	}
	failures := []error{fmt.Errorf("the kit of %q in %s must not be %s", k.Participant, dir, done)}
	for _, f := range failed {
		text := f.Text()
		if f.Fix != "" {
			text += "; " + f.Fix
		}
		failures = append(failures, fmt.Errorf("  %s: %s", f.ID, text))
	}
	return errors.Join(failures...)
}

// CannotRead is the error for a file or folder that a person named and that cannot be read.
func CannotRead(name string, err error) error {
	return fmt.Errorf("cannot read %s: %w", name, kit.WithoutPath(err))
}

// CannotWrite is the error for a file that a person named and that cannot be written.
func CannotWrite(name string, err error) error {
	return fmt.Errorf("cannot write %s: %w", name, kit.WithoutPath(err))
}
