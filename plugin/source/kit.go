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

// Kit reads the kit in a folder by a framework of the registry. Nothing outside of the
// folder is read, even if somebody puts links into it meanwhile.
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

// GenuineKit reads the kit in a folder and has it judged. A kit with a failed check
// gives an error that names every one of them: such a kit must go nowhere. root, where
// given, is the fingerprint of the root that the kit must belong to. The findings hold
// warnings for a person.
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
	if err := KitRefusal(dir, k, findings, "used"); err != nil {
		return acceptance.Verified{}, findings, err
	}
	return verified, findings, nil
}

// KitRefusal names every failed check of a kit; nil where there is none. done says what
// must not be done with the kit, such as "used".
func KitRefusal(dir string, k *kit.Kit, findings kit.Findings, done string) error {
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

// reason takes the path off, which the message names already.
func reason(err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err
	}
	return err
}
