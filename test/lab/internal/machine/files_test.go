//go:build linux

package machine

import (
	"os"
	"os/exec"
	"path/filepath"
	"syscall"
	"testing"

	"github.com/stretchr/testify/require"
)

// TestKeepFiles: a file that this process inherited is not open in a child.
func TestKeepFiles(t *testing.T) {
	lock, err := os.Create(filepath.Join(t.TempDir(), "lock"))
	require.NoError(t, err)
	// Unlike what Go opens, a duplicate is open in children, as an inherited file is.
	inherited, err := syscall.Dup(int(lock.Fd()))
	require.NoError(t, err)
	files := func() string {
		out, err := exec.CommandContext(t.Context(), "sh", "-c", "ls -l /proc/$$/fd").Output()
		require.NoError(t, err)
		return string(out)
	}
	require.Contains(t, files(), lock.Name())
	require.NoError(t, keepFiles())
	require.NotContains(t, files(), lock.Name())
	require.NoError(t, syscall.Close(inherited))
	require.NoError(t, lock.Close())
}
