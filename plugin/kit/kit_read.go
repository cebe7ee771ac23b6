package kit

import (
	"fmt"

	"github.com/spf13/cobra"
)

// oneDir is the argument of every command that takes a kit.
func oneDir(_ *cobra.Command, args []string) error {
	if len(args) != 1 {
		return fmt.Errorf("give one kit's folder, the one that holds startup/; there are %d arguments", len(args))
	}
	return nil
}
