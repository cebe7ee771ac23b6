//go:build linux

package nvflare

import (
	"context"
	"io"
	"path/filepath"
	"syscall"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/child"
)

// Run runs NVFLARE's own command within a root, in a mount namespace of its own;
// dir is its /work.
func Run(ctx context.Context, root, dir string, args []string, out, errOut io.Writer) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	const script = `mount --bind "$2" "$1/work" && root=$1 && shift 2 && exec chroot "$root" sh -c 'cd /work && exec python3 -m nvflare.cli "$@"' nvflare "$@"`
	cmd := child.Command(ctx, "sh", append([]string{"-c", script, "sh", root, dir}, args...)...)
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME=/tmp", "PYTHONDONTWRITEBYTECODE=1"}
	cmd.Stdout, cmd.Stderr = out, errOut
	cmd.SysProcAttr.Unshareflags = syscall.CLONE_NEWNS
	return cmd.Run()
}
