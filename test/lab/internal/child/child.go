//go:build linux

// Package child makes commands that do not outlive the lab's own process: one
// that was ended without warning leaves none behind.
package child

import (
	"context"
	"os/exec"
	"syscall"
)

// Command is exec.CommandContext for a child that the kernel ends with its parent.
func Command(ctx context.Context, name string, args ...string) *exec.Cmd {
	cmd := exec.CommandContext(ctx, name, args...)
	cmd.SysProcAttr = &syscall.SysProcAttr{Pdeathsig: syscall.SIGKILL}
	return cmd
}
