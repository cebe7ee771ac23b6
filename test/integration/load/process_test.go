//go:build integration

package load

import (
	"bufio"
	"context"
	"fmt"
	"net"
	"net/http"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"
)

// process is the webhook.
type process struct {
	cmd *exec.Cmd
	// log is the file with what it says.
	log string
}

// run builds and starts the webhook, until it is ready.
func run(t testing.TB, apiServer, reviews, certDir, memory string) (p *process, health string) {
	t.Helper()
	dir := t.TempDir()
	program := filepath.Join(dir, "flare-webhook")
	out, err := exec.CommandContext(t.Context(), "go", "build", "-o", program, "../../../cmd/flare-webhook").CombinedOutput()
	require.NoError(t, err, string(out))
	kubeconfig := filepath.Join(dir, "kubeconfig")
	require.NoError(t, os.WriteFile(kubeconfig, fmt.Appendf(nil, `{apiVersion: v1, kind: Config, current-context: x, contexts: [{name: x, context: {cluster: x}}], clusters: [{name: x, cluster: {server: %q}}]}`, apiServer), 0o600))
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	require.NoError(t, err)
	address := listener.Addr().String()
	require.NoError(t, listener.Close())
	ctx, stop := context.WithCancel(context.Background())
	p = &process{log: filepath.Join(dir, "log"), cmd: exec.CommandContext(ctx, program, "--kubeconfig="+kubeconfig, "--listen="+reviews, "--health-listen="+address,
		"--metrics-listen=", "--cert-dir="+certDir, "--drain=0s")}
	said, err := os.Create(p.log)
	require.NoError(t, err)
	t.Cleanup(func() { said.Close() })
	p.cmd.Stdout, p.cmd.Stderr = said, said
	p.cmd.Env = append(os.Environ(), memory)
	p.cmd.Cancel = func() error { return p.cmd.Process.Signal(syscall.SIGTERM) }
	require.NoError(t, p.cmd.Start())
	t.Cleanup(func() { stop(); _ = p.cmd.Wait() })
	health = "http://" + address
	require.Eventually(t, func() bool {
		response, err := http.Get(health + "/readyz")
		if err != nil {
			return false
		}
		response.Body.Close()
		return response.StatusCode == http.StatusOK
	}, 30*time.Second, 50*time.Millisecond)
	return p, health
}

// peak is the most memory that the process has had, in bytes.
func (p *process) peak(t testing.TB) int64 {
	t.Helper()
	return p.memory(t, "VmHWM:")
}

// memory is one of the figures of /proc. A process that has ended has none.
func (p *process) memory(t testing.TB, figure string) int64 {
	t.Helper()
	f, err := os.Open(fmt.Sprintf("/proc/%d/status", p.cmd.Process.Pid))
	require.NoError(t, err)
	defer f.Close()
	for lines := bufio.NewScanner(f); lines.Scan(); {
		if value, ok := strings.CutPrefix(lines.Text(), figure); ok {
			var kilobytes int64
			_, err := fmt.Sscan(value, &kilobytes)
			require.NoError(t, err)
			return kilobytes << 10
		}
	}
	said, err := os.ReadFile(p.log)
	require.NoError(t, err)
	t.Fatalf("the webhook has ended: %s", said[max(0, len(said)-4000):])
	return 0
}
