package plugin

import (
	"errors"
	"fmt"
	"io"

	"github.com/kubectl-flare/kubectl-flare/plugin/output"
)

// ExitCode prints the error of a command, unless it has no text, and says with which code
// the program ends.
func ExitCode(errOut io.Writer, err error) int {
	if err == nil {
		return 0
	}
	if text := err.Error(); text != "" {
		_, _ = fmt.Fprintln(errOut, "error: "+text)
	}
	if exit, ok := errors.AsType[*output.ExitError](err); ok {
		return exit.Code
	}
	return 1
}
