//go:build linux

package nvflare

import (
	"context"
	"io"
	"os"
	"os/exec"
	"path/filepath"
	"syscall"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
)

// Run runs NVFLARE's own command within the root, in a mount namespace of its
// own; dir is its /work. Another version than the image's is laid over it: what
// `nvflare provision` needs is the same for 2.7 to 2.9.
func Run(ctx context.Context, root, version, dir string, args []string, out, errOut io.Writer) error {
	dir, err := filepath.Abs(dir)
	if err != nil {
		return err
	}
	python := ""
	if version != Version {
		if python, err = overlay(ctx, root, version); err != nil {
			return err
		}
	}
	const script = `mount --bind "$2" "$1/work" && cd "$1/work" && root=$1 && shift 2 && exec chroot "$root" sh -c 'cd /work && exec python3 -m nvflare.cli "$@"' nvflare "$@"`
	cmd := exec.CommandContext(ctx, "sh", append([]string{"-c", script, "sh", root, dir}, args...)...)
	cmd.Env = []string{"PATH=/usr/local/bin:/usr/bin:/bin:/usr/sbin:/sbin", "HOME=/tmp", "PYTHONPATH=" + python, "PYTHONDONTWRITEBYTECODE=1"}
	cmd.Stdout, cmd.Stderr = out, errOut
	cmd.SysProcAttr = &syscall.SysProcAttr{Unshareflags: syscall.CLONE_NEWNS}
	return cmd.Run()
}

// overlay installs another version of NVFLARE, without what it depends on, into
// a folder of the root and returns that folder as the root sees it.
func overlay(ctx context.Context, root, version string) (string, error) {
	inside := "/opt/nvflare-" + version
	target := filepath.Join(root, inside)
	if _, err := os.Stat(target); err == nil {
		return inside, nil
	}
	making, err := paths.Cache("nvflare", "nvflare-"+version+".new")
	if err != nil {
		return "", err
	}
	if err := os.RemoveAll(making); err != nil {
		return "", err
	}
	if err := command(ctx, append(pipInstall(making), "--no-deps", "nvflare=="+version)); err != nil {
		return "", err
	}
	return inside, os.Rename(making, target)
}
