package source

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"time"

	"github.com/kubectl-flare/kubectl-flare/policies/acceptance"
	"github.com/kubectl-flare/kubectl-flare/policies/frameworks"
	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// Kit reads the kit in a folder with a framework of the registry. It reads nothing outside
// of the folder, even if links are added to it meanwhile.
func Kit(registry *frameworks.Registry, dir string) (*kit.Kit, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open the kit %s: %w; give the kit's folder, the one that holds startup/", dir, reason(err))
	}
	defer root.Close()
	k, err := registry.ReadDir(root.FS())
	if err != nil {
		return nil, fmt.Errorf("cannot use the kit %s: %w", dir, err)
	}
	return k, nil
}

// GenuineKit reads and verifies the kit in a folder. If a check fails, the error lists all
// failed checks: such a kit must not be used. root, if given, is the fingerprint of the root
// that the kit must belong to. The findings contain warnings for the user.
func GenuineKit(registry *frameworks.Registry, dir, root string, now time.Time) (acceptance.Verified, kit.Findings, error) {
	rules, err := acceptance.Pinned(registry, root)
	if err != nil {
		return acceptance.Verified{}, nil, fmt.Errorf("--root-fingerprint: %w", err)
	}
	k, err := Kit(registry, dir)
	if err != nil {
		return acceptance.Verified{}, nil, err
	}
	verified, findings := acceptance.Accept(k, rules, now)
	if err := KitError(dir, k, findings, "used"); err != nil {
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
	return fmt.Errorf("cannot read %s: %w", name, reason(err))
}

// reason removes the path, which the message has already.
func reason(err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err
	}
	return err
}
