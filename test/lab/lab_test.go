//go:build lab

package main

import (
	"context"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/stretchr/testify/require"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/machine"
	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
)

// lab builds the command and returns how to run it.
func lab(t *testing.T) func(args ...string) *exec.Cmd {
	t.Helper()
	binary := filepath.Join(t.TempDir(), "lab")
	out, err := exec.Command("go", "build", "-o", binary, ".").CombinedOutput()
	require.NoError(t, err, "%s", out)
	return func(args ...string) *exec.Cmd { return exec.Command(binary, args...) }
}

func must(t *testing.T, cmd *exec.Cmd) string {
	t.Helper()
	out, err := cmd.CombinedOutput()
	require.NoError(t, err, "%s", out)
	return string(out)
}

// TestLab brings two clusters up, looks whether they serve, and ends them.
func TestLab(t *testing.T) {
	run := lab(t)
	t.Cleanup(func() { _ = run("down").Run() })
	must(t, run("down"))
	before := leftovers(t)

	must(t, run("up", "--clusters", "2"))
	require.Contains(t, must(t, run("up", "--clusters", "2")), "the lab is up", "up is idempotent")
	status := must(t, run("status"))
	require.Equal(t, 2, strings.Count(status, "serving"), status)
	for _, context := range []string{"lab-1", "lab-2"} {
		kubectl := exec.Command(filepath.Join(paths.Bin, "kubectl"), "--kubeconfig", paths.State+"/kubeconfig", "--context", context, "get", "nodes", "-o", "name")
		require.Equal(t, "node/"+context+"\n", must(t, kubectl))
	}

	must(t, run("down"))
	require.Equal(t, before, leftovers(t))
	requireNothing(t)
}

// TestDownAfterKilledUp ends an `up` without warning while machines start.
func TestDownAfterKilledUp(t *testing.T) {
	run := lab(t)
	t.Cleanup(func() { _ = run("down").Run() })
	must(t, run("down"))
	before := leftovers(t)

	up := run("up")
	require.NoError(t, up.Start())
	await(t, func() bool { return len(machine.Running()) == 2 })
	require.NoError(t, up.Process.Signal(syscall.SIGKILL))
	_ = up.Wait()
	require.Len(t, machine.Running(), 2, "the machines outlive the killed up")

	must(t, run("down"))
	require.Equal(t, before, leftovers(t))
	requireNothing(t)
	must(t, run("down"))
}

// TestForkIsNoMachine has a process that is like a machine in program and
// arguments, as a child of a machine is before it runs its own program. Were it
// taken for the machine, `down` would end the child and leave the machine.
func TestForkIsNoMachine(t *testing.T) {
	must(t, lab(t)("down"))
	t.Cleanup(func() { _ = os.RemoveAll(paths.State) })
	shell, err := os.ReadFile("/bin/sh")
	require.NoError(t, err)
	require.NoError(t, os.MkdirAll(filepath.Dir(paths.Lab), 0o755))
	require.NoError(t, os.WriteFile(paths.Lab, shell, 0o755))
	dir := t.TempDir()
	require.NoError(t, os.WriteFile(filepath.Join(dir, "machine"), []byte("echo runs; read line\n"), 0o644))

	for name, flags := range map[string]uintptr{"fork": 0, "first": syscall.CLONE_NEWPID} {
		cmd := exec.Command(paths.Lab, "machine", name)
		cmd.Dir = dir
		cmd.SysProcAttr = &syscall.SysProcAttr{Cloneflags: flags}
		stdin, err := cmd.StdinPipe()
		require.NoError(t, err)
		stdout, err := cmd.StdoutPipe()
		require.NoError(t, err)
		require.NoError(t, cmd.Start())
		t.Cleanup(func() { _ = stdin.Close(); _ = cmd.Wait() })
		_, err = stdout.Read(make([]byte, 1))
		require.NoError(t, err, "the shell does not run")
	}
	require.Equal(t, []string{"first"}, machine.Running())
}

// TestDaemonsComeBack ends a cluster's API server: the machine starts it again.
func TestDaemonsComeBack(t *testing.T) {
	run := lab(t)
	t.Cleanup(func() { _ = run("down").Run() })
	must(t, run("up"))
	pid := apiserver(t)
	require.NoError(t, syscall.Kill(pid, syscall.SIGKILL))
	await(t, func() bool {
		return strings.Contains(must(t, run("status")), "serving") && apiserver(t) != pid
	})
	must(t, run("down"))
	requireNothing(t)
}

// apiserver is the process number of the lab's API server, 0 when there is none.
func apiserver(t *testing.T) int {
	t.Helper()
	for pid := range programs(t) {
		args, _ := os.ReadFile(filepath.Join("/proc", pid, "cmdline"))
		if strings.HasPrefix(string(args), paths.Bin+"/kube-apiserver") {
			number, err := strconv.Atoi(pid)
			require.NoError(t, err)
			return number
		}
	}
	return 0
}

func await(t *testing.T, met func() bool) {
	t.Helper()
	require.Eventually(t, met, time.Minute, 20*time.Millisecond)
}

// programs are the running processes that belong to the lab, by number.
func programs(t *testing.T) map[string]string {
	t.Helper()
	cache, err := paths.Cache()
	require.NoError(t, err)
	found := map[string]string{}
	dirs, err := filepath.Glob("/proc/[0-9]*")
	require.NoError(t, err)
	for _, dir := range dirs {
		program, err := os.Readlink(filepath.Join(dir, "exe"))
		if err == nil && (strings.HasPrefix(program, cache) || strings.HasPrefix(program, paths.State)) {
			found[filepath.Base(dir)] = program
		}
	}
	return found
}

// leftovers is what a lab could leave on a machine: mounts, interfaces, rules.
func leftovers(t *testing.T) []string {
	t.Helper()
	mounts, err := os.ReadFile("/proc/self/mounts")
	require.NoError(t, err)
	found := strings.Split(string(mounts), "\n")
	interfaces, err := net.Interfaces()
	require.NoError(t, err)
	for _, i := range interfaces {
		found = append(found, i.Name)
	}
	namespaces, _ := filepath.Glob("/run/netns/*")
	// A rule of kube-proxy in this namespace would be the lab's too.
	rules, err := exec.CommandContext(context.Background(), "iptables-save").Output()
	require.NoError(t, err)
	return append(append(found, namespaces...), comparable(string(rules)))
}

var counters = regexp.MustCompile(`\[\d+:\d+\]`)

// comparable drops the comments, which hold the time, and the packet counters.
func comparable(rules string) string {
	var kept strings.Builder
	for line := range strings.Lines(rules) {
		if !strings.HasPrefix(line, "#") {
			kept.WriteString(counters.ReplaceAllString(line, ""))
		}
	}
	return kept.String()
}

func requireNothing(t *testing.T) {
	t.Helper()
	require.Empty(t, programs(t), "processes")
	_, err := os.Stat(paths.State)
	require.ErrorIs(t, err, fs.ErrNotExist, "%s is still there", paths.State)
	groups, _ := filepath.Glob("/sys/fs/cgroup/*/flare-lab")
	require.Empty(t, groups, "control groups")
}
