//go:build linux

package machine

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"syscall"

	"github.com/kubectl-flare/kubectl-flare/test/lab/internal/paths"
)

// command is the lab's hidden subcommand that a machine's first process runs.
const command = "machine"

// PID gives the process number of a running machine.
func (m Machine) PID() (int, bool) { return find(m.Name) }

func find(name string) (int, bool) {
	pid, ok := processes()[name]
	return pid, ok
}

// processes finds the machines by what runs, not by a file that says what ran:
// the first process of a namespace whose program is the lab's own copy and whose
// arguments name a machine. A child that a machine has forked looks the same
// until it runs its own program, but is never the first process.
func processes() map[string]int {
	found := map[string]int{}
	dirs, _ := filepath.Glob("/proc/[0-9]*")
	for _, dir := range dirs {
		program, err := os.Readlink(filepath.Join(dir, "exe"))
		if err != nil || strings.TrimSuffix(program, " (deleted)") != paths.Lab || !first(dir) {
			continue
		}
		args, _ := os.ReadFile(filepath.Join(dir, "cmdline"))
		words := strings.Split(string(args), "\x00")
		if len(words) < 3 || words[1] != command {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(dir)); err == nil {
			found[words[2]] = pid
		}
	}
	return found
}

// first says whether a process is number 1 in its own process namespace: the last
// number of NSpid in /proc/PID/status (proc(5)).
func first(dir string) bool {
	status, _ := os.ReadFile(filepath.Join(dir, "status"))
	for line := range strings.Lines(string(status)) {
		if numbers, ok := strings.CutPrefix(line, "NSpid:"); ok {
			fields := strings.Fields(numbers)
			return len(fields) > 1 && fields[len(fields)-1] == "1"
		}
	}
	return false
}

// Kill ends a daemon with SIGKILL. The machine starts it again.
func (m Machine) Kill(daemon string) error {
	i := slices.IndexFunc(m.Daemons, func(d Daemon) bool { return d.Name == daemon })
	machine, running := m.PID()
	if i < 0 || !running {
		return fmt.Errorf("machine %s runs no daemon %q", m.Name, daemon)
	}
	for _, pid := range children(machine) {
		// One executable is several daemons, so its name as started decides.
		args, _ := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
		if program, _, _ := strings.Cut(string(args), "\x00"); program == m.Daemons[i].Argv[0] {
			return syscall.Kill(pid, syscall.SIGKILL)
		}
	}
	return fmt.Errorf("machine %s is starting its daemon %q", m.Name, daemon)
}

// children lists the processes that a process has started.
func children(parent int) []int {
	var all []int
	files, _ := filepath.Glob("/proc/[0-9]*/stat")
	for _, file := range files {
		stat, _ := os.ReadFile(file)
		// The name, in parentheses, may hold anything; state and parent follow it.
		fields := strings.Fields(string(stat[bytes.LastIndexByte(stat, ')')+1:]))
		if len(fields) < 2 || fields[1] != strconv.Itoa(parent) {
			continue
		}
		if pid, err := strconv.Atoi(filepath.Base(filepath.Dir(file))); err == nil {
			all = append(all, pid)
		}
	}
	return all
}

// alive says whether a process still runs. The first process of a namespace is a
// zombie only after the kernel has ended all others there.
func alive(pid int) bool {
	stat, err := os.ReadFile(filepath.Join("/proc", strconv.Itoa(pid), "stat"))
	if err != nil {
		return false
	}
	_, rest, _ := strings.Cut(string(stat), ") ")
	return !strings.HasPrefix(rest, "Z")
}
