package kit

import (
	"errors"
	"fmt"
	"io/fs"

	"github.com/spf13/cobra"
)

// reason removes the path, which the message has already.
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
