package kit

import (
	"errors"
	"fmt"
	"io/fs"
	"os"

	"github.com/spf13/cobra"

	"github.com/kubectl-flare/kubectl-flare/policies/kit"
)

// readKit reads the kit in a folder. Nothing outside of the folder is read,
// even if somebody puts links into it meanwhile.
func readKit(dir string) (*kit.Kit, error) {
	root, err := os.OpenRoot(dir)
	if err != nil {
		return nil, fmt.Errorf("cannot open the kit %s: %w; give the kit's folder, the one that holds startup/", dir, reason(err))
	}
	defer root.Close()
	k, err := kit.Read(root.FS())
	if err != nil {
		return nil, fmt.Errorf("cannot use the kit %s: %w", dir, err)
	}
	return k, nil
}

// reason takes the path off, which the message names already.
func reason(err error) error {
	if pathError, ok := errors.AsType[*fs.PathError](err); ok {
		return pathError.Err
	}
	return err
}

// oneDir is the argument of every command that takes a kit.
func oneDir(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("give one kit's folder, the one that holds startup/; there are %d arguments", len(args))
	}
	return nil
}
