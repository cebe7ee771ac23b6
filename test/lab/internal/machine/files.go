//go:build linux

package machine

import (
	"os"
	"strconv"
	"syscall"
)

// keepFiles keeps the files that this process was given, such as a lock of its
// caller, from the programs that it starts: a machine outlives its caller.
func keepFiles() error {
	open, err := os.ReadDir("/proc/self/fd")
	if err != nil {
		return err
	}
	for _, entry := range open {
		// The standard streams are what os/exec says.
		if fd, err := strconv.Atoi(entry.Name()); err == nil && fd > 2 {
			syscall.CloseOnExec(fd)
		}
	}
	return nil
}
